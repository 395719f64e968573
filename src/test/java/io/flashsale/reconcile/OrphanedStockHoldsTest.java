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

/** Which stock holds are undone: those of an edit that died, not those of one that stands or is under way. */
class OrphanedStockHoldsTest {
    private static final StockHold EDIT = new StockHold("edit-1", 2);

    private final ManualTime time = new ManualTime();
    private final List<String> undone = new ArrayList<>();
    private final Records records = new Records();
    private final OrphanedStockHolds stockHolds = new OrphanedStockHolds(
            records,
            orderId -> {
                undone.add(orderId);
                return Future.succeededFuture();
            },
            new ReconcilerMetrics(new SimpleMeterRegistry(), new RecoveringSales(time.clock())));

    private final Order hold = stockHold(EDIT);
    private final Order buyers = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(9), List.of()));
    private Product product = Product.create(
            "p",
            new ProductDetails("Lamp", "", "lamp", 4_999, "USD", 10, 0, null, null, false, 300),
            time.clock().instant());

    /** What stands with the product in MongoDB. */
    private static final class Records implements StockHoldRecords {
        private final List<StockHold> standing = new ArrayList<>();
        private final List<Long> raised = new ArrayList<>();
        private boolean edited;

        @Override
        public Future<List<StockHold>> stockHolds(String productId) {
            return Future.succeededFuture(List.copyOf(standing));
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
    void aHoldThatNoEditStandsForIsUndoneWhenItIsSeenTwice() {
        // when
        scan(buyers, hold);

        // then
        assertEquals(List.of(), undone);
        assertTrue(stockHolds.suspects("p"));

        // when
        scan(buyers, hold);

        // then
        assertEquals(List.of(hold.id()), undone);
        assertEquals(List.of(product.version()), records.raised);
    }

    @Test
    void aHoldThatAnEditStandsForStays() {
        // given
        records.standing.add(EDIT);

        // when
        scan(hold);
        scan(hold);

        // then
        assertEquals(List.of(), undone);
        assertEquals(List.of(), records.raised);
        assertFalse(stockHolds.suspects("p"));
    }

    @Test
    void ordersOfBuyersAreNoHolds() {
        // when
        scan(buyers);
        scan(buyers);

        // then
        assertEquals(List.of(), undone);
        assertFalse(stockHolds.suspects("p"));
    }

    @Test
    void anEditInBetweenBeginsTheSightingsAnew() {
        // given
        scan(hold);

        // when
        product = product.next(
                product.details(), product.unitCount(), time.clock().instant());
        scan(hold);

        // then
        assertEquals(List.of(), undone);

        // when
        scan(hold);

        // then
        assertEquals(List.of(hold.id()), undone);
    }

    @Test
    void anEditThatIsWrittenJustNowKeepsItsHold() {
        // given
        scan(hold);

        // when
        records.edited = true;
        scan(hold);

        // then
        assertEquals(1, records.raised.size());
        assertEquals(List.of(), undone);
    }

    @Test
    void onlyWhatBothSightingsSawIsUndone() {
        // given
        Order later = stockHold(new StockHold("edit-2", 2));
        scan(hold);

        // when
        scan(hold, later);

        // then
        assertEquals(List.of(hold.id()), undone);
    }

    @Test
    void whatIsForgottenIsSeenForTheFirstTimeAgain() {
        // given
        scan(hold);

        // when
        stockHolds.forget("p");
        scan(hold);

        // then
        assertEquals(List.of(), undone);
    }
}
