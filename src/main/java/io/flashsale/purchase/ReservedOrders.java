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
 * Lists the buyers' orders in the outboxes, which are not persisted yet, for admins. They are sorted in memory, which
 * is possible because outboxes are bounded. Belongs to the event loop of its {@link SaleScripts}.
 */
public final class ReservedOrders {
    private final SaleScripts saleScripts;
    private final StockLevelReader stockLevels;
    private final ProductStore products;

    /** Creates the list over both stores. */
    public ReservedOrders(SaleScripts saleScripts, ProductStore products) {
        this.saleScripts = saleScripts;
        this.stockLevels = new StockLevelReader(saleScripts.redis());
        this.products = products;
    }

    /**
     * Lists orders, newest first.
     *
     * @param productId a product, or null for all products
     */
    public Future<Page<Order>> list(String productId, String cursor, int limit) {
        return all(productId).map(orders -> OrderStore.page(orders, cursor, limit));
    }

    private Future<List<Order>> all(String productId) {
        Future<List<String>> productIds =
                productId == null ? productsWithOutbox() : Future.succeededFuture(List.of(productId));
        return productIds.compose(ids -> {
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

    private Future<List<String>> productsWithOutbox() {
        return products.all().compose(all -> {
            List<String> ids = all.stream().map(Product::id).toList();
            return stockLevels.of(ids).map(levels -> {
                List<String> waiting = new ArrayList<>();
                for (int i = 0; i < ids.size(); i++) {
                    // An unknown size is read again, which fails the list if Redis is unavailable.
                    Long outbox = levels.get(i).outbox();
                    if (outbox == null || outbox > 0) {
                        waiting.add(ids.get(i));
                    }
                }
                return waiting;
            });
        });
    }
}
