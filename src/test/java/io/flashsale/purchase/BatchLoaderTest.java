package io.flashsale.purchase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Verifies that requests are batched and that a value is never older than its request. */
class BatchLoaderTest {
    private record Read(Set<String> keys, Promise<Map<String, Integer>> end) {}

    private final List<Read> reads = new ArrayList<>();
    private final BatchLoader<String, Integer> loader = new BatchLoader<>(this::read, 600);

    private Future<Map<String, Integer>> read(Set<String> keys) {
        Read read = new Read(Set.copyOf(keys), Promise.promise());
        reads.add(read);
        return read.end().future();
    }

    private List<Set<String>> keys() {
        return reads.stream().map(Read::keys).toList();
    }

    @Test
    void theFirstRequestIsReadAtOnce() {
        // when
        Future<Optional<Integer>> found = loader.load("a");
        reads.get(0).end().complete(Map.of("a", 1));

        // then
        assertEquals(Optional.of(1), found.result());
    }

    @Test
    void requestsDuringAReadShareTheNextOne() {
        // given
        Future<Optional<Integer>> first = loader.load("a");

        // when
        Future<Optional<Integer>> same = loader.load("a");
        Future<Optional<Integer>> sameAgain = loader.load("a");
        Future<Optional<Integer>> missing = loader.load("b");
        reads.get(0).end().complete(Map.of("a", 1));

        // then
        assertEquals(Optional.of(1), first.result());
        assertFalse(same.isComplete(), "the read began before the request");
        assertEquals(List.of(Set.of("a"), Set.of("a", "b")), keys());

        // when
        reads.get(1).end().complete(Map.of("a", 2));

        // then
        assertEquals(Optional.of(2), same.result());
        assertEquals(Optional.of(2), sameAgain.result());
        assertEquals(Optional.empty(), missing.result());
    }

    @Test
    void aFailureAffectsExactlyTheRequestsOfItsRead() {
        // given
        loader.load("a");
        List<Future<Optional<Integer>>> second = List.of(loader.load("a"), loader.load("b"));
        reads.get(0).end().complete(Map.of());
        Future<Optional<Integer>> third = loader.load("a");

        // when
        reads.get(1).end().fail("away");
        reads.get(2).end().complete(Map.of("a", 3));

        // then
        assertTrue(
                second.stream().allMatch(result -> "away".equals(result.cause().getMessage())));
        assertEquals(Optional.of(3), third.result());
    }

    @Test
    void aBatchIsLimitedAndTheRestFollows() {
        // given
        loader.load("first");

        // when
        List<Future<Optional<Integer>>> results = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            results.add(loader.load("k" + i));
        }
        reads.get(0).end().complete(Map.of());
        reads.get(1).end().complete(Map.of());

        // then
        assertEquals(List.of(1, 500, 1), keys().stream().map(Set::size).toList());
        assertEquals(Set.of("k500"), reads.get(2).keys(), "requests are read in their order");
        assertFalse(results.get(500).isComplete());
    }

    @Test
    void aRequestBeyondTheLimitFailsUnlessItsKeyIsPending() {
        // given
        loader.load("first");
        for (int i = 0; i < 600; i++) {
            loader.load("k" + i);
        }

        // when
        Future<Optional<Integer>> refused = loader.load("one more");
        Future<Optional<Integer>> joined = loader.load("k1");

        // then
        assertInstanceOf(StoreUnavailableException.class, refused.cause());
        assertFalse(joined.isComplete());
    }

    @Test
    void aRequestAfterTheResultIsReadAgain() {
        // given
        List<Future<Optional<Integer>>> again = new ArrayList<>();
        loader.load("a").onComplete(done -> again.add(loader.load("a")));

        // when
        reads.get(0).end().complete(Map.of("a", 1));
        reads.get(1).end().complete(Map.of("a", 2));

        // then
        assertEquals(Optional.of(2), again.get(0).result());
        assertEquals(2, reads.size());
    }

    @Test
    void anExceptionFailsTheReadButNotTheNextOne() {
        // given
        List<Set<String>> tried = new ArrayList<>();
        BatchLoader<String, Integer> broken = new BatchLoader<>(
                keys -> {
                    tried.add(Set.copyOf(keys));
                    throw new IllegalStateException("closed");
                },
                10);

        // when
        Future<Optional<Integer>> first = broken.load("a");
        Future<Optional<Integer>> second = broken.load("b");

        // then
        assertEquals("closed", first.cause().getMessage());
        assertTrue(second.failed());
        assertEquals(List.of(Set.of("a"), Set.of("b")), tried);
    }
}
