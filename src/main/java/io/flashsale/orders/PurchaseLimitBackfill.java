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
 * Assigns slots to live orders that were bought before a purchase limit applied, so that they count towards it. It is
 * part of every recovery because a node may have died in the middle of a change of the limit.
 *
 * <p>The sale must be closed and its outbox empty.
 */
public final class PurchaseLimitBackfill {
    private final OrderStore orders;

    /** Creates the backfill. */
    public PurchaseLimitBackfill(OrderStore orders) {
        this.orders = orders;
    }

    /** Assigns the missing slots; may be repeated. Fails if another order took a slot in between. */
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
                    List<Integer> free = lowestFree(takenBy(order, taken), order.quantity());
                    done = done.compose(before -> orders.assignSlots(order, free))
                            .compose(assigned -> assigned
                                    ? Future.succeededFuture()
                                    : Future.failedFuture(
                                            new StoreUnavailableException("a slot was taken concurrently")));
                }
            }
            return done;
        });
    }

    private static Set<Integer> takenBy(Order order, Map<String, Set<Integer>> taken) {
        return taken.computeIfAbsent(order.userId(), user -> new HashSet<>());
    }

    private static List<Integer> lowestFree(Set<Integer> taken, int count) {
        List<Integer> free = new ArrayList<>();
        for (int slot = 1; free.size() < count; slot++) {
            if (taken.add(slot)) {
                free.add(slot);
            }
        }
        return free;
    }
}
