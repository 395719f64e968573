package io.flashsale.reconcile;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs one recovery of a product at a time, however many ask for it.
 *
 * <p>A request joins the recovery under way if that one was asked for at least as high an epoch. Otherwise the recovery
 * under way may find that nothing is wrong, so the request waits for the next one, together with all others that cannot
 * join. That one runs whatever became of the one before. Belongs to one event loop.
 */
final class CoalescedRecoveries {
    /** Recovers a sale; see {@link Recovery#recover}. */
    @FunctionalInterface
    interface Recoverer {
        /** Recovers a sale unless it was recovered after {@code wrongEpoch}. */
        Future<Void> recover(String productId, long wrongEpoch);
    }

    private record Flight(long wrongEpoch, Promise<Void> end) {
        private Flight atLeast(long epoch) {
            return new Flight(Math.max(wrongEpoch, epoch), end);
        }
    }

    private final Recoverer recoverer;
    private final Map<String, Flight> underWay = new HashMap<>();
    private final Map<String, Flight> next = new HashMap<>();

    CoalescedRecoveries(Recoverer recoverer) {
        this.recoverer = recoverer;
    }

    /**
     * Has a sale recovered.
     *
     * @param wrongEpoch see {@link io.flashsale.purchase.RecoveryRequest}
     * @return ends as the recovery does that serves this request
     */
    Future<Void> request(String productId, long wrongEpoch) {
        Flight current = underWay.get(productId);
        if (current == null) {
            return start(productId, new Flight(wrongEpoch, Promise.promise()));
        }
        if (current.wrongEpoch() >= wrongEpoch) {
            return current.end().future();
        }
        Flight waiting = next.containsKey(productId)
                ? next.get(productId).atLeast(wrongEpoch)
                : new Flight(wrongEpoch, Promise.promise());
        next.put(productId, waiting);
        return waiting.end().future();
    }

    private Future<Void> start(String productId, Flight flight) {
        underWay.put(productId, flight);
        // A recovery that throws has failed like any other.
        Futures.attempt(() -> recoverer.recover(productId, flight.wrongEpoch())).onComplete((none, failure) -> {
            underWay.remove(productId);
            Flight waiting = next.remove(productId);
            if (waiting != null) {
                start(productId, waiting);
            }
            // Last: whoever asks again from here on must meet the state as it is now.
            flight.end().complete(null, failure);
        });
        return flight.end().future();
    }
}
