package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Buyers' orders that only Redis has, for an admin: what waits in the outboxes. Held in memory for the moment, since an
 * outbox is bounded. Belongs to the event loop of its ledger.
 */
public final class ReservedOrders {
    private final SaleScripts saleScripts;
    private final StockLevelReader stockLevels;
    private final ProductStore products;

    /** Wires it to both stores. */
    public ReservedOrders(SaleScripts saleScripts, ProductStore products) {
        this.saleScripts = saleScripts;
        this.stockLevels = new StockLevelReader(saleScripts.redis());
        this.products = products;
    }

    /**
     * Orders, newest first.
     *
     * @param productId or null for every product
     */
    public Future<Page<Order>> list(String productId, String cursor, int limit) {
        return all(productId).map(orders -> OrderStore.page(orders, cursor, limit));
    }

    private Future<List<Order>> all(String productId) {
        Future<List<String>> waiting = productId == null ? withOutbox() : Future.succeededFuture(List.of(productId));
        return waiting.compose(ids -> {
            List<Order> orders = new ArrayList<>();
            Future<Void> read = Future.succeededFuture();
            for (String id : ids) {
                read = read.compose(before -> saleScripts.outbox(id))
                        .onSuccess(outbox -> outbox.values().stream()
                                .filter(order -> !order.isStockHold())
                                .forEach(orders::add))
                        .mapEmpty();
            }
            return read.map(orders);
        });
    }

    private Future<List<String>> withOutbox() {
        return products.all().compose(all -> {
            List<String> ids = all.stream().map(Product::id).toList();
            return stockLevels.of(ids).map(sales -> {
                List<String> waiting = new ArrayList<>();
                for (int i = 0; i < ids.size(); i++) {
                    // One of which Redis says nothing is asked again, and fails the list.
                    Long outbox = sales.get(i).outbox();
                    if (outbox == null || outbox > 0) {
                        waiting.add(ids.get(i));
                    }
                }
                return waiting;
            });
        });
    }
}
