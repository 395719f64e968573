package io.flashsale.reconcile;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs at most one recovery of a product at a time and lets concurrent requests share it.
 *
 * <p>A request joins the running recovery if that one was requested for the same or a higher epoch. Otherwise the
 * running recovery may find that nothing is wrong. The request then waits for the next recovery, together with all
 * others that cannot join. The next recovery runs even if the one before fails. Belongs to one event loop.
 */
final class CoalescedRecoveries {
    /** Recovers sales; see {@link Recovery#recover}. */
    @FunctionalInterface
    interface Recoverer {
        /** Recovers a sale unless it was recovered after {@code wrongEpoch}. */
        Future<Void> recover(String productId, long wrongEpoch);
    }

    private record Run(long wrongEpoch, Promise<Void> outcome) {
        private Run atLeast(long epoch) {
            return new Run(Math.max(wrongEpoch, epoch), outcome);
        }
    }

    private final Recoverer recoverer;
    private final Map<String, Run> running = new HashMap<>();
    private final Map<String, Run> next = new HashMap<>();

    CoalescedRecoveries(Recoverer recoverer) {
        this.recoverer = recoverer;
    }

    /**
     * Requests the recovery of a sale.
     *
     * @param wrongEpoch see {@link io.flashsale.purchase.RecoveryRequest}
     * @return completes with the outcome of the recovery that serves this request
     */
    Future<Void> request(String productId, long wrongEpoch) {
        Run current = running.get(productId);
        if (current == null) {
            return start(productId, new Run(wrongEpoch, Promise.promise()));
        }
        if (current.wrongEpoch() >= wrongEpoch) {
            return current.outcome().future();
        }
        Run waiting = next.containsKey(productId)
                ? next.get(productId).atLeast(wrongEpoch)
                : new Run(wrongEpoch, Promise.promise());
        next.put(productId, waiting);
        return waiting.outcome().future();
    }

    private Future<Void> start(String productId, Run run) {
        running.put(productId, run);
        // An exception counts as a failed recovery.
        Futures.attempt(() -> recoverer.recover(productId, run.wrongEpoch())).onComplete((none, failure) -> {
            running.remove(productId);
            Run waiting = next.remove(productId);
            if (waiting != null) {
                start(productId, waiting);
            }
            // Last, because a listener may request another recovery and must find the updated state.
            run.outcome().complete(null, failure);
        });
        return run.outcome().future();
    }
}
