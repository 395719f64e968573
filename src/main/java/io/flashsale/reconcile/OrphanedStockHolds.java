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
 * Releases orphaned stock holds: units that an edit took off sale before it failed, or before its node died without
 * writing the product.
 *
 * <p>A hold is released only if two scans under one version of the product found it. The product's version is raised
 * first, so that an edit still in progress fails and releases its own hold. Belongs to the event loop of its Redis
 * connection.
 */
final class OrphanedStockHolds {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedStockHolds.class);
    private static final int RELEASES_AT_ONCE = 10;

    private record Scan(long version, Set<String> orderIds) {}

    private final StockHoldRecords records;
    private final Function<String, Future<Void>> undo;
    private final ReconcilerMetrics metrics;
    private final Map<String, Scan> previousScans = new HashMap<>();

    /**
     * Creates the repairer.
     *
     * @param undo puts the units of a stock hold on sale again, given the id of its order; idempotent
     */
    OrphanedStockHolds(StockHoldRecords records, Function<String, Future<Void>> undo, ReconcilerMetrics metrics) {
        this.records = records;
        this.undo = undo;
        this.metrics = metrics;
    }

    /**
     * Scans the stock holds of a product and releases the orphans that the previous scan found, too.
     *
     * @param live the product's orders that hold units, read after the product
     */
    Future<Void> scan(Product product, List<Order> live) {
        List<Order> holds = live.stream().filter(Order::isStockHold).toList();
        if (holds.isEmpty()) {
            forget(product.id());
            return Future.succeededFuture();
        }
        return records.stockHolds(product.id()).compose(recorded -> {
            Map<String, Order> orphans = orphans(product.id(), holds, recorded);
            Scan earlier = previousScans.put(product.id(), new Scan(product.version(), Set.copyOf(orphans.keySet())));
            if (earlier == null || earlier.version() != product.version()) {
                return Future.succeededFuture();
            }
            orphans.keySet().retainAll(earlier.orderIds());
            return orphans.isEmpty() ? Future.succeededFuture() : undo(product, List.copyOf(orphans.values()));
        });
    }

    /** Returns whether the last scan found an orphan. */
    boolean isSuspect(String productId) {
        Scan last = previousScans.get(productId);
        return last != null && !last.orderIds().isEmpty();
    }

    /** Forgets a product that is no longer scanned. */
    void forget(String productId) {
        previousScans.remove(productId);
    }

    private static Map<String, Order> orphans(String productId, List<Order> holds, List<StockHold> recorded) {
        Set<String> recordedIds = new HashSet<>();
        recorded.forEach(stockHold -> recordedIds.addAll(StockHolds.orderIds(productId, stockHold)));
        return holds.stream()
                .filter(order -> !recordedIds.contains(order.id()))
                .collect(Collectors.toMap(Order::id, order -> order, (one, same) -> one, HashMap::new));
    }

    private Future<Void> undo(Product product, List<Order> orphans) {
        return records.raiseVersion(product).compose(raised -> {
            if (!raised) {
                return Future.succeededFuture();
            }
            LOG.atWarn()
                    .addKeyValue("productId", product.id())
                    .addKeyValue(
                            "units", orphans.stream().mapToInt(Order::quantity).sum())
                    .log("orphaned stock holds released");
            return BoundedConcurrency.each(
                    orphans,
                    RELEASES_AT_ONCE,
                    order -> undo.apply(order.id())
                            .onSuccess(done -> metrics.count(ReconcilerMetrics.Kind.HOLD_RELEASED)));
        });
    }
}
