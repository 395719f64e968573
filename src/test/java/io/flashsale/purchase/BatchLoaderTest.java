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

/** Many questions, few reads, and no answer that is older than its question. */
class BatchLoaderTest {
    private record Read(Set<String> keys, Promise<Map<String, Integer>> end) {}

    private final List<Read> reads = new ArrayList<>();
    private final BatchLoader<String, Integer> gathered = new BatchLoader<>(this::read, 600);

    private Future<Map<String, Integer>> read(Set<String> keys) {
        Read read = new Read(Set.copyOf(keys), Promise.promise());
        reads.add(read);
        return read.end().future();
    }

    private List<Set<String>> keys() {
        return reads.stream().map(Read::keys).toList();
    }

    @Test
    void theFirstQuestionIsReadAtOnce() {
        // when
        Future<Optional<Integer>> found = gathered.ask("a");
        reads.get(0).end().complete(Map.of("a", 1));

        // then
        assertEquals(Optional.of(1), found.result());
    }

    @Test
    void questionsThatComeWhileOneReadIsUnderWayShareTheNext() {
        // given
        Future<Optional<Integer>> first = gathered.ask("a");

        // when
        Future<Optional<Integer>> same = gathered.ask("a");
        Future<Optional<Integer>> sameAgain = gathered.ask("a");
        Future<Optional<Integer>> missing = gathered.ask("b");
        reads.get(0).end().complete(Map.of("a", 1));

        // then
        assertEquals(Optional.of(1), first.result());
        assertFalse(same.isComplete(), "it was read before it was asked for");
        assertEquals(List.of(Set.of("a"), Set.of("a", "b")), keys());

        // when
        reads.get(1).end().complete(Map.of("a", 2));

        // then
        assertEquals(Optional.of(2), same.result());
        assertEquals(Optional.of(2), sameAgain.result());
        assertEquals(Optional.empty(), missing.result());
    }

    @Test
    void aFailureReachesAllThatShareTheReadAndNobodyElse() {
        // given
        gathered.ask("a");
        List<Future<Optional<Integer>>> second = List.of(gathered.ask("a"), gathered.ask("b"));
        reads.get(0).end().complete(Map.of());
        Future<Optional<Integer>> third = gathered.ask("a");

        // when
        reads.get(1).end().fail("away");
        reads.get(2).end().complete(Map.of("a", 3));

        // then
        assertTrue(
                second.stream().allMatch(answer -> "away".equals(answer.cause().getMessage())));
        assertEquals(Optional.of(3), third.result());
    }

    @Test
    void oneReadIsBoundedAndTheRestFollows() {
        // given
        gathered.ask("first");

        // when
        List<Future<Optional<Integer>>> answers = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            answers.add(gathered.ask("k" + i));
        }
        reads.get(0).end().complete(Map.of());
        reads.get(1).end().complete(Map.of());

        // then
        assertEquals(List.of(1, 500, 1), keys().stream().map(Set::size).toList());
        assertEquals(Set.of("k500"), reads.get(2).keys(), "who came first is read first");
        assertFalse(answers.get(500).isComplete());
    }

    @Test
    void oneQuestionTooManyFailsAtOnceWhileAKnownOneIsStillJoined() {
        // given
        gathered.ask("first");
        for (int i = 0; i < 600; i++) {
            gathered.ask("k" + i);
        }

        // when
        Future<Optional<Integer>> refused = gathered.ask("one more");
        Future<Optional<Integer>> joined = gathered.ask("k1");

        // then
        assertInstanceOf(StoreUnavailableException.class, refused.cause());
        assertFalse(joined.isComplete());
    }

    @Test
    void whoAsksAgainWhenAnsweredIsReadAnew() {
        // given
        List<Future<Optional<Integer>>> again = new ArrayList<>();
        gathered.ask("a").onComplete(done -> again.add(gathered.ask("a")));

        // when
        reads.get(0).end().complete(Map.of("a", 1));
        reads.get(1).end().complete(Map.of("a", 2));

        // then
        assertEquals(Optional.of(2), again.get(0).result());
        assertEquals(2, reads.size());
    }

    @Test
    void aReadThatThrowsHasFailedAndTheNextIsMade() {
        // given
        List<Set<String>> tried = new ArrayList<>();
        BatchLoader<String, Integer> broken = new BatchLoader<>(
                keys -> {
                    tried.add(Set.copyOf(keys));
                    throw new IllegalStateException("closed");
                },
                10);

        // when
        Future<Optional<Integer>> first = broken.ask("a");
        Future<Optional<Integer>> second = broken.ask("b");

        // then
        assertEquals("closed", first.cause().getMessage());
        assertTrue(second.failed());
        assertEquals(List.of(Set.of("a"), Set.of("b")), tried);
    }
}
