package io.flashsale.orders;

import io.flashsale.async.Futures;
import io.flashsale.domain.Order;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes placed orders from the outbox after their audit entries are stored. The orders of one group commit are
 * handled together: one write, and one round trip per product. No buyer waits for it. While a write is under way, the
 * next group accumulates.
 *
 * <p>The reconciler repeats a lost acknowledgement: an order without its audit entry is still in the outbox. Belongs to
 * one event loop.
 */
public final class OutboxAcknowledger {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxAcknowledger.class);

    /** Replies of one group commit arrive as separate events; this delay collects them. */
    private static final long LINGER_MILLIS = 1;

    private static final int MAX_GROUP = 1_000;
    private static final int MAX_WAITING = 20_000;

    /** Removes orders from the outboxes in Redis and announces stock levels. */
    public interface Outbox {
        /**
         * Removes persisted orders of one product from the outbox and announces the remaining stock.
         *
         * @return the delay in milliseconds until a throttled announcement is due by {@link #announce}; 0 if none is
         *     pending
         */
        Future<Long> settle(String productId, List<Order> placed);

        /** Announces the remaining stock of a product unless throttled. Returns the same as {@link #settle}. */
        Future<Long> announce(String productId);
    }

    private final Vertx vertx;
    private final Outbox outbox;
    private final Function<List<Order>, Future<Void>> audit;
    private final Set<String> scheduledAnnouncements = new HashSet<>();
    private final Deque<Order> placed = new ArrayDeque<>();
    private boolean lingering;
    private boolean writing;

    /**
     * Creates an acknowledger.
     *
     * @param audit writes the audit entries of placed orders; fails if MongoDB does not confirm them
     */
    OutboxAcknowledger(Vertx vertx, Outbox outbox, Function<List<Order>, Future<Void>> audit) {
        this.vertx = vertx;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** Acknowledges an order that MongoDB has persisted. */
    void settle(Order order) {
        if (placed.size() < MAX_WAITING) {
            placed.add(order);
            linger();
        }
    }

    /** Announces soon that the stock of a product changed, for example by returned units. */
    void changed(String productId) {
        announceIn(productId, 1);
    }

    private void linger() {
        if (!lingering && !writing) {
            lingering = true;
            vertx.setTimer(LINGER_MILLIS, timer -> {
                lingering = false;
                write();
            });
        }
    }

    private void write() {
        List<Order> group = new ArrayList<>();
        while (group.size() < MAX_GROUP && !placed.isEmpty()) {
            group.add(placed.remove());
        }
        writing = true;
        // A failure or an exception must not block the next group.
        Futures.attempt(() -> audit.apply(group))
                .onComplete(done -> {
                    writing = false;
                    if (!placed.isEmpty()) {
                        linger();
                    }
                })
                .onSuccess(written -> settle(group))
                .onFailure(failure -> LOG.atDebug()
                        .addKeyValue("orders", group.size())
                        .addKeyValue("reason", failure.getMessage())
                        .log("audit entries not written; orders left in the outbox"));
    }

    private void settle(List<Order> group) {
        Map<String, List<Order>> byProduct = new HashMap<>();
        group.forEach(order -> byProduct
                .computeIfAbsent(order.productId(), product -> new ArrayList<>())
                .add(order));
        byProduct.forEach((productId, orders) -> outbox.settle(productId, orders)
                .onSuccess(delay -> announceIn(productId, delay))
                .onFailure(failure -> LOG.atDebug()
                        .addKeyValue("productId", productId)
                        .log("orders not removed from the outbox; left to the reconciler")));
    }

    /** Schedules an announcement. Intermediate values may be skipped; the latest one is always announced. */
    private void announceIn(String productId, long millis) {
        if (millis > 0 && scheduledAnnouncements.add(productId)) {
            vertx.setTimer(millis, timer -> {
                scheduledAnnouncements.remove(productId);
                outbox.announce(productId).onSuccess(delay -> announceIn(productId, delay));
            });
        }
    }
}
