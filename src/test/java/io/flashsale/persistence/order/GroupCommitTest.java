package io.flashsale.persistence.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests how orders are batched into writes, and the results while MongoDB stalls. */
class GroupCommitTest {
    private static final int LINGER = 5;
    private static final int STALL = 100;
    private static final GroupCommit.Settings SETTINGS =
            new GroupCommit.Settings(Duration.ofMillis(LINGER), 3, 4, 2, Duration.ofMillis(STALL));

    private record Write(List<Order> orders, Promise<List<PersistResult>> end) {
        void succeed() {
            end.complete(orders.stream()
                    .map(order -> PersistResult.of(Kind.PLACED, order))
                    .toList());
        }

        void answerUnknown() {
            end.complete(orders.stream().map(order -> PersistResult.unknown()).toList());
        }
    }

    private final ManualTime time = new ManualTime();
    private final List<Write> writes = new ArrayList<>();
    private final CommitMetrics metrics = new CommitMetrics(new SimpleMeterRegistry());
    private final GroupCommit commit = new GroupCommit(
            time.vertx(),
            orders -> {
                Write write = new Write(orders, Promise.promise());
                writes.add(write);
                return write.end().future();
            },
            metrics,
            SETTINGS);
    private int buyers;

    private Future<PersistResult> place() {
        buyers++;
        return commit.place(TestOrders.reserved("p", "user" + buyers, List.of(buyers), List.of()));
    }

    private List<Future<PersistResult>> place(int orders) {
        List<Future<PersistResult>> replies = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            replies.add(place());
        }
        return replies;
    }

    private List<Integer> sizes() {
        return writes.stream().map(write -> write.orders().size()).toList();
    }

    private static Kind kind(Future<PersistResult> reply) {
        return reply.isComplete() ? reply.result().kind() : null;
    }

    /** Lets a write take so long that MongoDB counts as unavailable. */
    private Write stall() {
        place();
        time.advanceMillis(LINGER);
        time.advanceMillis(STALL);
        return writes.get(writes.size() - 1);
    }

    @Test
    void theFirstOrderOfAGroupWaitsForOthersAndNoLonger() {
        // when
        place();
        time.advanceMillis(LINGER - 1);
        place();

        // then
        assertEquals(List.of(), sizes());

        // when
        time.advanceMillis(1);

        // then
        assertEquals(List.of(2), sizes());
    }

    @Test
    void aFullGroupDoesNotLinger() {
        // when
        place(3);

        // then
        assertEquals(List.of(3), sizes());

        // when the linger time of the written group elapses
        time.advanceMillis(LINGER);

        // then
        assertEquals(List.of(3), sizes());
    }

    @Test
    void eachOrderGetsItsOwnReply() {
        // given
        List<Future<PersistResult>> replies = place(3);

        // when
        writes.get(0)
                .end()
                .complete(List.of(
                        PersistResult.refused("no"),
                        PersistResult.unknown(),
                        PersistResult.of(Kind.PLACED, writes.get(0).orders().get(2))));

        // then
        assertEquals(
                List.of(Kind.REFUSED, Kind.UNKNOWN, Kind.PLACED),
                replies.stream().map(GroupCommitTest::kind).toList());
        assertEquals("user3", replies.get(2).result().order().userId());
    }

    @Test
    void theNextGroupGrowsWhileTheMaximumOfWritesIsInFlight() {
        // given
        place(6);
        assertEquals(List.of(3, 3), sizes());

        // when
        place(3);
        time.advanceMillis(LINGER);

        // then
        assertEquals(List.of(3, 3), sizes());

        // when
        writes.get(1).succeed();

        // then
        assertEquals(List.of(3, 3, 3), sizes());
    }

    @Test
    void anOrderBeyondTheQueueLimitIsAnsweredAtOnce() {
        // given
        place(6);
        List<Future<PersistResult>> queued = place(4);

        // when
        Future<PersistResult> refused = place();

        // then
        assertEquals(Kind.UNKNOWN, kind(refused));
        assertTrue(queued.stream().noneMatch(Future::isComplete));
    }

    @Test
    void aFailedBatchIsUnknownForAllItsOrders() {
        // given
        List<Future<PersistResult>> replies = place(3);

        // when
        writes.get(0).end().fail("connection reset");

        // then
        assertTrue(replies.stream().allMatch(reply -> kind(reply) == Kind.UNKNOWN));
    }

    @Test
    void aStalledWriteAnswersQueuedAndNewOrdersAtOnce() {
        // given
        List<Future<PersistResult>> writing = place(6);
        List<Future<PersistResult>> queued = place(2);
        time.advanceMillis(STALL - 1);
        assertTrue(queued.stream().noneMatch(Future::isComplete));

        // when
        time.advanceMillis(1);
        Future<PersistResult> newOrder = place();

        // then
        assertTrue(queued.stream().allMatch(reply -> kind(reply) == Kind.UNKNOWN));
        assertEquals(Kind.UNKNOWN, kind(newOrder));
        assertTrue(writing.stream().noneMatch(Future::isComplete), "their write may still succeed");
    }

    @Test
    void aStalledWriteThatSucceedsEndsTheStall() {
        // given
        Write slow = stall();

        // when
        slow.succeed();
        List<Future<PersistResult>> next = place(6);

        // then
        assertEquals(List.of(1, 3, 3), sizes());
        assertTrue(next.stream().noneMatch(Future::isComplete));
    }

    @Test
    void oneGroupAtATimeProbesWhetherMongoDbIsBack() {
        // given
        Write slow = stall();
        slow.answerUnknown();

        // when
        List<Future<PersistResult>> probes = place(3);
        Future<PersistResult> duringTheProbe = place();

        // then
        assertEquals(List.of(1, 3), sizes());
        assertEquals(Kind.UNKNOWN, kind(duringTheProbe));

        // when MongoDB is still unavailable
        writes.get(1).answerUnknown();
        place(3);

        // then
        assertTrue(probes.stream().allMatch(reply -> kind(reply) == Kind.UNKNOWN));
        assertEquals(List.of(1, 3, 3), sizes());

        // when MongoDB is back
        writes.get(2).succeed();
        List<Future<PersistResult>> after = place(6);

        // then
        assertEquals(List.of(1, 3, 3, 3, 3), sizes());
        assertTrue(after.stream().noneMatch(Future::isComplete));
    }

    @Test
    void aRejectionEndsTheStallToo() {
        // given
        Write slow = stall();

        // when
        slow.end().complete(List.of(PersistResult.refused("validator")));
        Future<PersistResult> next = place();

        // then
        assertFalse(next.isComplete());
    }

    @Test
    void aWriteThatEndedInTimeLeavesNoStallTimerBehind() {
        // given
        place(3);

        // when
        writes.get(0).succeed();
        time.advanceMillis(10 * STALL);
        List<Future<PersistResult>> next = place(6);

        // then
        assertEquals(List.of(3, 3, 3), sizes());
        assertTrue(next.stream().noneMatch(Future::isComplete));
    }

    @Test
    void aWriterThatThrowsDoesNotOccupyAWriteForEver() {
        // given
        List<Integer> attempted = new ArrayList<>();
        GroupCommit broken = new GroupCommit(
                time.vertx(),
                orders -> {
                    attempted.add(orders.size());
                    throw new IllegalStateException("closed");
                },
                metrics,
                SETTINGS);

        // when
        for (int i = 1; i <= 4; i++) {
            Future<PersistResult> reply = broken.place(TestOrders.reserved("p", "ada", List.of(i), List.of()));
            time.advanceMillis(LINGER);
            assertEquals(Kind.UNKNOWN, kind(reply));
        }

        // then
        assertEquals(List.of(1, 1, 1, 1), attempted);
    }
}
