package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.domain.StockHold;
import io.flashsale.persistence.product.StockHoldRecords;
import io.flashsale.purchase.StockHolds;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Units that an edit took off sale and that no edit stands for: it failed, or its node died, before the product was
 * written. They are put on sale again.
 *
 * <p>Only what two looks saw under one version of the product; and the version is raised first, so that an edit which is
 * still under way loses, and takes back itself what it took. Belongs to the event loop of its ledger.
 */
final class OrphanedStockHolds {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedStockHolds.class);
    private static final int AT_ONCE = 10;

    private record Scan(long version, Set<String> orderIds) {}

    private final StockHoldRecords records;
    private final Function<String, Future<Void>> undo;
    private final ReconcilerMetrics metrics;
    private final Map<String, Scan> before = new HashMap<>();

    /**
     * Makes it.
     *
     * @param undo puts the units of a stock hold, named by its order, on sale again; may be repeated
     */
    OrphanedStockHolds(StockHoldRecords records, Function<String, Future<Void>> undo, ReconcilerMetrics metrics) {
        this.records = records;
        this.undo = undo;
        this.metrics = metrics;
    }

    /**
     * Looks at the house's orders of a product, and undoes those that the look before saw too.
     *
     * @param live the product's orders that hold units, read after the product was
     */
    Future<Void> scan(Product product, List<Order> live) {
        List<Order> ofTheHouse = live.stream().filter(Order::isStockHold).toList();
        if (ofTheHouse.isEmpty()) {
            forget(product.id());
            return Future.succeededFuture();
        }
        return records.stockHolds(product.id()).compose(standing -> {
            Map<String, Order> lost = lost(product.id(), ofTheHouse, standing);
            Scan earlier = before.put(product.id(), new Scan(product.version(), Set.copyOf(lost.keySet())));
            if (earlier == null || earlier.version() != product.version()) {
                return Future.succeededFuture();
            }
            lost.keySet().retainAll(earlier.orderIds());
            return lost.isEmpty() ? Future.succeededFuture() : undo(product, List.copyOf(lost.values()));
        });
    }

    /** Whether the last look found something. */
    boolean suspects(String productId) {
        Scan last = before.get(productId);
        return last != null && !last.orderIds().isEmpty();
    }

    /** Forgets a product that is not looked at any more. */
    void forget(String productId) {
        before.remove(productId);
    }

    private static Map<String, Order> lost(String productId, List<Order> ofTheHouse, List<StockHold> standing) {
        Set<String> known = new HashSet<>();
        standing.forEach(stockHold -> known.addAll(StockHolds.orderIds(productId, stockHold)));
        return ofTheHouse.stream()
                .filter(order -> !known.contains(order.id()))
                .collect(Collectors.toMap(Order::id, order -> order, (one, same) -> one, HashMap::new));
    }

    private Future<Void> undo(Product product, List<Order> lost) {
        return records.raiseVersion(product).compose(raised -> {
            if (!raised) {
                return Future.succeededFuture();
            }
            LOG.atWarn()
                    .addKeyValue("productId", product.id())
                    .addKeyValue(
                            "units", lost.stream().mapToInt(Order::quantity).sum())
                    .log("units on sale again that a failed edit had taken");
            return BoundedConcurrency.each(
                    lost,
                    AT_ONCE,
                    order -> undo.apply(order.id()).onSuccess(done -> metrics.count(ReconcilerMetrics.Kind.UNDONE)));
        });
    }
}
