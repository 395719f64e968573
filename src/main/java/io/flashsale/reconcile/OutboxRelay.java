package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Order;
import io.flashsale.persistence.order.PersistResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Retries the orders that stay in the outbox, and dead-letters those that MongoDB refuses repeatedly.
 *
 * <p>An entry is retried only if two passes found it: an order in flight must not be raced, and its age would be
 * unreliable, since a clock may jump at a fail-over. Belongs to the event loop of its Redis connection.
 */
final class OutboxRelay {
    private static final int ORDERS_AT_ONCE = 200;

    private record Entry(String text, Order order) {}

    /** Reads the outbox and carries out what a retry results in. */
    interface Steps {
        /** Reads all orders of a product that wait for MongoDB, by the text of their outbox entries. */
        Future<Map<String, Order>> outbox(String productId);

        /** Writes an order to MongoDB again and applies the result to Redis. */
        Future<PersistResult> retry(Order order);

        /** Records that an order was reserved and then lost. */
        Future<Void> recordFailed(Order order);

        /** Dead-letters an order. */
        Future<Void> deadLetter(Order order, String reason, int refusals);
    }

    private final Steps steps;
    private final ReconcilerMetrics metrics;
    private final int maxRefusals;

    /** Maps the whole text of each entry that the previous pass found to the number of times MongoDB refused it. */
    private Map<String, Integer> previousPass = new HashMap<>();

    private Map<String, Integer> currentPass = new HashMap<>();

    OutboxRelay(Steps steps, ReconcilerMetrics metrics, int maxRefusals) {
        this.steps = steps;
        this.metrics = metrics;
        this.maxRefusals = maxRefusals;
    }

    /** Retries the entries that the previous pass found, too. */
    Future<Void> relay(String productId) {
        return steps.outbox(productId).compose(outbox -> {
            List<Entry> stale = new ArrayList<>();
            outbox.forEach((text, order) -> {
                Integer refusals = previousPass.get(text);
                currentPass.put(text, refusals == null ? 0 : refusals);
                if (refusals != null) {
                    stale.add(new Entry(text, order));
                }
            });
            return BoundedConcurrency.each(stale, ORDERS_AT_ONCE, this::relay);
        });
    }

    private Future<Void> relay(Entry entry) {
        return steps.retry(entry.order()).compose(reply -> switch (reply.kind()) {
            case PLACED, ALREADY_PLACED -> count(ReconcilerMetrics.Kind.RETRIED);
            case BUYER_HOLDS, UNITS_TAKEN ->
                entry.order().isStockHold()
                        ? Future.succeededFuture()
                        : steps.recordFailed(entry.order()).compose(done -> count(ReconcilerMetrics.Kind.FAILED));
            case REFUSED -> refused(entry, reply);
            case KEY_REUSED, UNKNOWN -> Future.succeededFuture();
        });
    }

    private Future<Void> refused(Entry entry, PersistResult reply) {
        int refusals = currentPass.merge(entry.text(), 1, Integer::sum);
        if (refusals < maxRefusals) {
            return Future.succeededFuture();
        }
        return steps.deadLetter(entry.order(), reply.reason(), refusals)
                .compose(done -> count(ReconcilerMetrics.Kind.DEAD_LETTERED));
    }

    private Future<Void> count(ReconcilerMetrics.Kind kind) {
        metrics.count(kind);
        return Future.succeededFuture();
    }

    /** Ends the pass: the next one retries the entries that this one found. */
    void endPass() {
        previousPass = currentPass;
        currentPass = new HashMap<>();
    }
}
