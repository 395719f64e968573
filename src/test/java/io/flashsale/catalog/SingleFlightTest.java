package io.flashsale.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private long nowMillis = 1_000;
    private final InstantSource source = () -> Instant.ofEpochMilli(nowMillis);
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final SingleFlight<String> flights = new SingleFlight<>(clock, 2);
    private final List<Promise<String>> reads = new ArrayList<>();
    private final Promise<Void> kept = Promise.promise();

    private Future<String> join(String key) {
        return flights.join(
                key,
                () -> {
                    reads.add(Promise.promise());
                    return reads.get(reads.size() - 1).future();
                },
                value -> kept.future());
    }

    @Test
    void oneReadServesAllUntilItsValueIsKept() {
        // when
        Future<String> first = join("a");
        Future<String> second = join("a");
        reads.get(0).complete("value");
        Future<String> notKeptYet = join("a");
        kept.complete();
        Future<String> afterwards = join("a");

        // then
        assertSame(first, second);
        assertEquals("value", notKeptYet.result());
        assertEquals(2, reads.size());
        assertEquals(false, afterwards.isComplete());
    }

    @Test
    void aReadThatFailedIsNotJoined() {
        // given
        join("a");

        // when
        reads.get(0).fail("away");
        join("a");

        // then
        assertEquals(2, reads.size());
    }

    @Test
    void nobodyJoinsAnOldReadOrOneThatWasForgotten() {
        // given
        join("a");

        // when
        nowMillis += 250;
        join("a");
        flights.forget("a");
        join("a");
        flights.forgetAll();
        join("a");

        // then
        assertEquals(4, reads.size());
    }

    @Test
    void theEndOfAnOldReadDoesNotHideTheNewerOne() {
        // given
        join("a");
        nowMillis += 250;
        Future<String> newer = join("a");

        // when
        reads.get(0).fail("away");

        // then
        assertSame(newer, join("a"));
    }

    @Test
    void oneKeyTooManyIsRefused() {
        // given
        join("a");
        join("b");

        // when
        Future<String> refused = join("c");
        Future<String> joined = join("b");

        // then
        assertInstanceOf(StoreUnavailableException.class, refused.cause());
        assertEquals(2, reads.size());
        assertEquals(false, joined.isComplete());
    }
}
