package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.domain.StockHold;
import io.flashsale.persistence.product.StockHoldRecords;
import io.flashsale.purchase.StockHolds;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that only orphaned stock holds are released, and not those of edits that were written or are in progress. */
class OrphanedStockHoldsTest {
    private static final StockHold EDIT = new StockHold("edit-1", 2);

    private final ManualTime time = new ManualTime();
    private final List<String> released = new ArrayList<>();
    private final Records records = new Records();
    private final OrphanedStockHolds stockHolds = new OrphanedStockHolds(
            records,
            orderId -> {
                released.add(orderId);
                return Future.succeededFuture();
            },
            new ReconcilerMetrics(new SimpleMeterRegistry(), new RecoveringSales(time.clock())));

    private final Order hold = stockHold(EDIT);
    private final Order purchase = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(9), List.of()));
    private Product product = Product.create(
            "p",
            new ProductDetails("Lamp", "", "lamp", 4_999, "USD", 10, 0, null, null, false, 300),
            time.clock().instant());

    /** Replaces the product's stock holds in MongoDB. */
    private static final class Records implements StockHoldRecords {
        private final List<StockHold> recorded = new ArrayList<>();
        private final List<Long> raised = new ArrayList<>();
        private boolean edited;

        @Override
        public Future<List<StockHold>> stockHolds(String productId) {
            return Future.succeededFuture(List.copyOf(recorded));
        }

        @Override
        public Future<Boolean> raiseVersion(Product product) {
            raised.add(product.version());
            return Future.succeededFuture(!edited);
        }
    }

    private static Order stockHold(StockHold edit) {
        Order any = TestOrders.placed(TestOrders.reserved("p", Order.STOCK_HOLD_USER, List.of(7, 8), List.of()));
        return new Order(
                StockHolds.orderIds("p", edit).get(0),
                any.productId(),
                any.userId(),
                any.keyHash(),
                any.quantity(),
                any.unitPrice(),
                any.currency(),
                any.units(),
                any.slots(),
                any.status(),
                any.epoch(),
                any.reservedAt(),
                any.updatedAt());
    }

    private void scan(Order... live) {
        assertTrue(stockHolds.scan(product, List.of(live)).succeeded());
    }

    @Test
    void anOrphanIsReleasedWhenTwoScansFindIt() {
        // when
        scan(purchase, hold);

        // then
        assertEquals(List.of(), released);
        assertTrue(stockHolds.isSuspect("p"));

        // when
        scan(purchase, hold);

        // then
        assertEquals(List.of(hold.id()), released);
        assertEquals(List.of(product.version()), records.raised);
    }

    @Test
    void aHoldOfAWrittenEditStays() {
        // given
        records.recorded.add(EDIT);

        // when
        scan(hold);
        scan(hold);

        // then
        assertEquals(List.of(), released);
        assertEquals(List.of(), records.raised);
        assertFalse(stockHolds.isSuspect("p"));
    }

    @Test
    void ordersOfBuyersAreNotReleased() {
        // when
        scan(purchase);
        scan(purchase);

        // then
        assertEquals(List.of(), released);
        assertFalse(stockHolds.isSuspect("p"));
    }

    @Test
    void anEditBetweenTheScansMakesTheNextScanTheFirst() {
        // given
        scan(hold);

        // when
        product = product.next(
                product.details(), product.unitCount(), time.clock().instant());
        scan(hold);

        // then
        assertEquals(List.of(), released);

        // when
        scan(hold);

        // then
        assertEquals(List.of(hold.id()), released);
    }

    @Test
    void aConcurrentEditKeepsItsHold() {
        // given
        scan(hold);

        // when
        records.edited = true;
        scan(hold);

        // then
        assertEquals(1, records.raised.size());
        assertEquals(List.of(), released);
    }

    @Test
    void onlyOrphansThatBothScansFoundAreReleased() {
        // given
        Order later = stockHold(new StockHold("edit-2", 2));
        scan(hold);

        // when
        scan(hold, later);

        // then
        assertEquals(List.of(hold.id()), released);
    }

    @Test
    void afterForgettingTheNextScanIsTheFirst() {
        // given
        scan(hold);

        // when
        stockHolds.forget("p");
        scan(hold);

        // then
        assertEquals(List.of(), released);
    }
}
