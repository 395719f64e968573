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
    private final Promise<Void> cached = Promise.promise();

    private Future<String> join(String key) {
        return flights.join(
                key,
                () -> {
                    reads.add(Promise.promise());
                    return reads.get(reads.size() - 1).future();
                },
                value -> cached.future());
    }

    @Test
    void concurrentReadsShareOneFlightUntilItsValueIsCached() {
        // when
        Future<String> first = join("a");
        Future<String> second = join("a");
        reads.get(0).complete("value");
        Future<String> beforeCached = join("a");
        cached.complete();
        Future<String> afterCached = join("a");

        // then
        assertSame(first, second);
        assertEquals("value", beforeCached.result());
        assertEquals(2, reads.size());
        assertEquals(false, afterCached.isComplete());
    }

    @Test
    void aFailedReadIsNotJoined() {
        // given
        join("a");

        // when
        reads.get(0).fail("unavailable");
        join("a");

        // then
        assertEquals(2, reads.size());
    }

    @Test
    void anOldOrForgottenReadIsNotJoined() {
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
    void theEndOfAnOldReadDoesNotRemoveTheNewerOne() {
        // given
        join("a");
        nowMillis += 250;
        Future<String> newer = join("a");

        // when
        reads.get(0).fail("unavailable");

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
