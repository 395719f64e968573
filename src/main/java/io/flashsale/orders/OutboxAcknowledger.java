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
 * Takes placed orders out of the outbox once the audit log has them, those of one group commit together: one write, one
 * round trip for each product, and none that a buyer waits for. While a write is under way the next group grows.
 *
 * <p>A settlement that is lost is made up for by the reconciler: what is not in the audit log is still in the outbox. Belongs
 * to one event loop.
 */
public final class OutboxAcknowledger {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxAcknowledger.class);

    /** The replies of one group commit arrive as separate events; a moment lets them all arrive. */
    private static final long LINGER_MILLIS = 1;

    private static final int MAX_GROUP = 1_000;
    private static final int MAX_WAITING = 20_000;

    /** The outboxes in Redis, and what is announced of a stock. */
    public interface Outbox {
        /**
         * Takes orders of one product that MongoDB holds out of the outbox, and announces what is left.
         *
         * @return in how many milliseconds the rest is to be announced, by {@link #announce}; 0 for nothing left
         */
        Future<Long> settle(String productId, List<Order> placed);

        /** Announces what is left of a product, or that it was announced a moment ago; see {@link #settle}. */
        Future<Long> announce(String productId);
    }

    private final Vertx vertx;
    private final Outbox outbox;
    private final Function<List<Order>, Future<Void>> audit;
    private final Set<String> toTell = new HashSet<>();
    private final Deque<Order> placed = new ArrayDeque<>();
    private boolean lingering;
    private boolean writing;

    /**
     * Makes a settler.
     *
     * @param audit writes that orders were placed; fails where MongoDB does not say that it has the entries
     */
    OutboxAcknowledger(Vertx vertx, Outbox outbox, Function<List<Order>, Future<Void>> audit) {
        this.vertx = vertx;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** MongoDB holds this order. */
    void settle(Order order) {
        if (placed.size() < MAX_WAITING) {
            placed.add(order);
            linger();
        }
    }

    /** Units came back, or something else changed what is left. */
    void changed(String productId) {
        tellIn(productId, 1);
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
        // Whatever fails or throws, the next group must not wait for this one for ever.
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
                        .log("not in the audit log and so not settled; the reconciler will"));
    }

    private void settle(List<Order> group) {
        Map<String, List<Order>> byProduct = new HashMap<>();
        group.forEach(order -> byProduct
                .computeIfAbsent(order.productId(), product -> new ArrayList<>())
                .add(order));
        byProduct.forEach((productId, orders) -> outbox.settle(productId, orders)
                .onSuccess(wait -> tellIn(productId, wait))
                .onFailure(failure ->
                        LOG.atDebug().addKeyValue("productId", productId).log("not settled; the reconciler will")));
    }

    /** The newest is told in the end, though not everything on the way. */
    private void tellIn(String productId, long millis) {
        if (millis > 0 && toTell.add(productId)) {
            vertx.setTimer(millis, timer -> {
                toTell.remove(productId);
                outbox.announce(productId).onSuccess(wait -> tellIn(productId, wait));
            });
        }
    }
}
