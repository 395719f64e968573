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
 * Drives orders that stay in the outbox, and puts those aside that MongoDB refuses again and again.
 *
 * <p>Old is what two passes saw: a clock may jump at a fail-over, and an order in flight is not to be raced. Belongs to the
 * event loop of its ledger.
 */
final class OutboxRelay {
    private static final int ORDERS_AT_ONCE = 200;

    private record Entry(String text, Order order) {}

    /** The steps that an entry may lead to. */
    interface Steps {
        /** Every order of a product that waits for MongoDB, with the text by which the outbox knows it. */
        Future<Map<String, Order>> outbox(String productId);

        /** Has an order written again, and Redis follow the reply. */
        Future<PersistResult> retry(Order order);

        /** Records that an order was reserved and then lost. */
        Future<Void> recordFailed(Order order);

        /** Makes a dead letter of an order. */
        Future<Void> deadLetter(Order order, String reason, int refusals);
    }

    private final Steps steps;
    private final ReconcilerMetrics metrics;
    private final int maxRefusals;

    /** Entries, by their whole text, that the pass before saw, and how often MongoDB has refused each. */
    private Map<String, Integer> seenBefore = new HashMap<>();

    private Map<String, Integer> seenNow = new HashMap<>();

    OutboxRelay(Steps steps, ReconcilerMetrics metrics, int maxRefusals) {
        this.steps = steps;
        this.metrics = metrics;
        this.maxRefusals = maxRefusals;
    }

    /** Drives what the pass before saw too. */
    Future<Void> relay(String productId) {
        return steps.outbox(productId).compose(outbox -> {
            List<Entry> old = new ArrayList<>();
            outbox.forEach((text, order) -> {
                Integer refusals = seenBefore.get(text);
                seenNow.put(text, refusals == null ? 0 : refusals);
                if (refusals != null) {
                    old.add(new Entry(text, order));
                }
            });
            return BoundedConcurrency.each(old, ORDERS_AT_ONCE, this::relay);
        });
    }

    private Future<Void> relay(Entry entry) {
        return steps.retry(entry.order()).compose(reply -> switch (reply.kind()) {
            case PLACED, ALREADY_PLACED -> counted(ReconcilerMetrics.Kind.DRIVEN);
            case BUYER_HOLDS, UNITS_TAKEN ->
                entry.order().isStockHold()
                        ? Future.succeededFuture()
                        : steps.recordFailed(entry.order()).compose(done -> counted(ReconcilerMetrics.Kind.FAILED));
            case REFUSED -> refused(entry, reply);
            case KEY_REUSED, UNKNOWN -> Future.succeededFuture();
        });
    }

    private Future<Void> refused(Entry entry, PersistResult reply) {
        int refusals = seenNow.merge(entry.text(), 1, Integer::sum);
        if (refusals < maxRefusals) {
            return Future.succeededFuture();
        }
        return steps.deadLetter(entry.order(), reply.reason(), refusals)
                .compose(done -> counted(ReconcilerMetrics.Kind.PUT_ASIDE));
    }

    private Future<Void> counted(ReconcilerMetrics.Kind kind) {
        metrics.count(kind);
        return Future.succeededFuture();
    }

    /** What this pass saw is old for the next one. */
    void endPass() {
        seenBefore = seenNow;
        seenNow = new HashMap<>();
    }
}
