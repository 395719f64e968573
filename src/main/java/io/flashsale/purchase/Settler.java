package io.flashsale.purchase;

import io.flashsale.sale.Order;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes placed orders out of the outbox, those of one group commit together: one round trip for each product, and none
 * that a buyer waits for.
 *
 * <p>A settlement that is lost is made up for by the reconciler. Belongs to one event loop.
 */
final class Settler {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    private final Vertx vertx;
    private final Ledger ledger;
    private final Set<String> toTell = new HashSet<>();
    private Map<String, List<Order>> placed = new HashMap<>();

    Settler(Vertx vertx, Ledger ledger) {
        this.vertx = vertx;
        this.ledger = ledger;
    }

    /** MongoDB holds this order. */
    void settle(Order order) {
        if (placed.isEmpty()) {
            // The replies of one group commit arrive as separate events; a moment lets them all arrive.
            vertx.setTimer(1, timer -> flush());
        }
        placed.computeIfAbsent(order.productId(), product -> new ArrayList<>()).add(order);
    }

    /** Units came back, or something else changed what is left. */
    void changed(String productId) {
        tellIn(productId, 1);
    }

    private void flush() {
        Map<String, List<Order>> settled = placed;
        placed = new HashMap<>();
        settled.forEach((productId, orders) -> ledger.settle(productId, orders)
                .onSuccess(wait -> tellIn(productId, wait))
                .onFailure(failure ->
                        LOG.atDebug().addKeyValue("productId", productId).log("not settled; the reconciler will")));
    }

    /** The newest is told in the end, though not everything on the way. */
    private void tellIn(String productId, long millis) {
        if (millis > 0 && toTell.add(productId)) {
            vertx.setTimer(millis, timer -> {
                toTell.remove(productId);
                ledger.announce(productId).onSuccess(wait -> tellIn(productId, wait));
            });
        }
    }
}
