package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that concurrent requests for the recovery of one sale share recoveries, and that no request is lost. */
class CoalescedRecoveriesTest {
    private record Run(String productId, long wrongEpoch, Promise<Void> outcome) {}

    private final List<Run> runs = new ArrayList<>();
    private final CoalescedRecoveries recoveries = new CoalescedRecoveries((productId, wrongEpoch) -> {
        Run run = new Run(productId, wrongEpoch, Promise.promise());
        runs.add(run);
        return run.outcome().future();
    });

    private List<Long> epochs() {
        return runs.stream().map(Run::wrongEpoch).toList();
    }

    @Test
    void requestsForNoHigherEpochShareTheRunningRecovery() {
        // given
        Future<Void> first = recoveries.request("p", 3);

        // when
        Future<Void> same = recoveries.request("p", 3);
        Future<Void> lower = recoveries.request("p", 0);
        runs.get(0).outcome().complete();

        // then
        assertEquals(List.of(3L), epochs());
        assertTrue(first.succeeded() && same.succeeded() && lower.succeeded());
    }

    @Test
    void aFailureReachesAllRequestsThatShareIt() {
        // given
        Future<Void> first = recoveries.request("p", 0);
        Future<Void> second = recoveries.request("p", 0);

        // when
        runs.get(0).outcome().fail("MongoDB is unavailable");

        // then
        assertEquals("MongoDB is unavailable", first.cause().getMessage());
        assertEquals("MongoDB is unavailable", second.cause().getMessage());
    }

    @Test
    void aRequestForAHigherEpochGetsARecoveryOfItsOwn() {
        // given
        Future<Void> uncertified = recoveries.request("p", 0);

        // when
        Future<Void> limitChanged = recoveries.request("p", 4);
        runs.get(0).outcome().complete();

        // then
        assertEquals(List.of(0L, 4L), epochs());
        assertTrue(uncertified.succeeded());
        assertFalse(limitChanged.isComplete());

        // when
        runs.get(1).outcome().complete();

        // then
        assertTrue(limitChanged.succeeded());
    }

    @Test
    void requestsThatCannotJoinShareTheNextRecoveryUnderTheHighestEpoch() {
        // given
        recoveries.request("p", 0);

        // when
        List<Future<Void>> later =
                List.of(recoveries.request("p", 4), recoveries.request("p", 6), recoveries.request("p", 5));
        runs.get(0).outcome().complete();

        // then
        assertEquals(List.of(0L, 6L), epochs());

        // when
        Future<Void> joined = recoveries.request("p", 6);
        runs.get(1).outcome().fail("another node is recovering this sale");

        // then
        assertEquals(2, runs.size());
        assertTrue(later.stream().allMatch(Future::failed));
        assertTrue(joined.failed());
    }

    @Test
    void theNextRecoveryRunsThoughTheOneBeforeFailed() {
        // given
        recoveries.request("p", 0);
        Future<Void> higher = recoveries.request("p", 1);

        // when
        runs.get(0).outcome().fail("product edited during every attempt");
        runs.get(1).outcome().complete();

        // then
        assertTrue(higher.succeeded());
    }

    @Test
    void anEndedRecoveryIsNotJoined() {
        // given
        recoveries.request("p", 2);
        runs.get(0).outcome().complete();

        // when
        Future<Void> again = recoveries.request("p", 2);

        // then
        assertEquals(List.of(2L, 2L), epochs());
        assertFalse(again.isComplete());
    }

    /** A request from the callback of an ended recovery must neither join that recovery nor start a second one. */
    @Test
    void aRequestFromACallbackJoinsTheNextRecovery() {
        // given
        List<Future<Void>> again = new ArrayList<>();
        recoveries.request("p", 0).onComplete(done -> again.add(recoveries.request("p", 5)));
        recoveries.request("p", 5);

        // when
        runs.get(0).outcome().complete();

        // then
        assertEquals(List.of(0L, 5L), epochs());
        assertFalse(again.get(0).isComplete());

        // when
        runs.get(1).outcome().complete();

        // then
        assertTrue(again.get(0).succeeded());
    }

    @Test
    void productsDoNotWaitForEachOther() {
        // given
        recoveries.request("p", 0);

        // when
        recoveries.request("q", 7);

        // then
        assertEquals(List.of("p", "q"), runs.stream().map(Run::productId).toList());
    }

    @Test
    void aRecoveryThatCompletesSynchronouslyLeavesNoState() {
        // given
        List<Long> epochs = new ArrayList<>();
        CoalescedRecoveries immediate = new CoalescedRecoveries((productId, wrongEpoch) -> {
            epochs.add(wrongEpoch);
            return Future.succeededFuture();
        });

        // when
        Future<Void> first = immediate.request("p", 0);
        Future<Void> second = immediate.request("p", 1);

        // then
        assertEquals(List.of(0L, 1L), epochs);
        assertTrue(first.succeeded() && second.succeeded());
    }

    @Test
    void aRecoveryThatThrowsFailsItsRequestAndDoesNotBlockTheNext() {
        // given
        List<Long> epochs = new ArrayList<>();
        CoalescedRecoveries broken = new CoalescedRecoveries((productId, wrongEpoch) -> {
            epochs.add(wrongEpoch);
            throw new IllegalStateException("closed");
        });

        // when
        Future<Void> first = broken.request("p", 0);
        Future<Void> second = broken.request("p", 0);

        // then
        assertEquals("closed", first.cause().getMessage());
        assertTrue(second.failed());
        assertEquals(List.of(0L, 0L), epochs);
    }
}
