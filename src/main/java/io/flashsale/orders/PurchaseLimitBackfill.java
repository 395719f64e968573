package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.OrderStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives live orders that were bought without a limit their buyers' numbered slots, once a limit applies: what a buyer
 * holds already counts. Part of every recovery, since a change of the limit may have died half-way.
 *
 * <p>Only over a sale that is closed, with an empty outbox.
 */
public final class PurchaseLimitBackfill {
    private final OrderStore orders;

    /** Makes an assignment. */
    public PurchaseLimitBackfill(OrderStore orders) {
        this.orders = orders;
    }

    /** Assigns what is missing; may be repeated. Fails where an order that came in between took a slot. */
    public Future<Void> assign(Product product) {
        if (product.details().perUserLimit() == 0) {
            return Future.succeededFuture();
        }
        return orders.liveOf(product.id()).compose(live -> {
            Map<String, Set<Integer>> taken = new HashMap<>();
            live.forEach(order -> takenBy(order, taken).addAll(order.slots()));
            Future<Void> done = Future.succeededFuture();
            for (Order order : live) {
                if (order.slots().isEmpty() && !order.isStockHold()) {
                    List<Integer> free = firstFree(takenBy(order, taken), order.quantity());
                    done = done.compose(before -> orders.assignSlots(order, free))
                            .compose(assigned -> assigned
                                    ? Future.succeededFuture()
                                    : Future.failedFuture(new StoreUnavailableException("a slot was taken meanwhile")));
                }
            }
            return done;
        });
    }

    private static Set<Integer> takenBy(Order order, Map<String, Set<Integer>> taken) {
        return taken.computeIfAbsent(order.userId(), user -> new HashSet<>());
    }

    private static List<Integer> firstFree(Set<Integer> taken, int count) {
        List<Integer> free = new ArrayList<>();
        for (int slot = 1; free.size() < count; slot++) {
            if (taken.add(slot)) {
                free.add(slot);
            }
        }
        return free;
    }
}
