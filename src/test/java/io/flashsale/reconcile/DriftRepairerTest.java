package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.orders.DiscardedOrders;
import io.flashsale.orders.UnitHolders;
import io.flashsale.orders.UnitReturns;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.audit.AuditRecorder;
import io.flashsale.persistence.order.OrderLookup;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests which differences between the stores are repaired, when, and how. */
class DriftRepairerTest {
    private static final String UNKNOWN_ORDER = "p-unknown";

    private final ManualTime time = new ManualTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Stores stores = new Stores();
    private final ReconcilerMetrics metrics = new ReconcilerMetrics(meters, new RecoveringSales(time.clock()));
    private final DriftRepairer drift =
            new DriftRepairer(stores, stores, stores, stores, stores, metrics, time.clock());

    private final Order ada = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(1), List.of(1)));
    private final Order bob = TestOrders.placed(TestOrders.reserved("p", "bob", List.of(2), List.of(1)));
    private final Order stockHold =
            TestOrders.placed(TestOrders.reserved("p", Order.STOCK_HOLD_USER, List.of(3), List.of()));

    /** The state of one sale in both stores, in which tests create differences. */
    private String epoch = "3";

    private int highWaterMark = 4;
    private final List<Order> live = new ArrayList<>();
    private final Map<Integer, String> holders = new HashMap<>();
    private final Set<String> free = new HashSet<>();
    private final Set<String> outbox = new HashSet<>();
    private final Set<String> dead = new HashSet<>();

    /** Replaces both stores and records the calls. */
    private static final class Stores implements UnitHolders, UnitReturns, OrderLookup, DiscardedOrders, AuditRecorder {
        private final List<String> steps = new ArrayList<>();
        private final List<AuditEntry> entries = new ArrayList<>();
        private final Map<String, Order> orders = new HashMap<>();
        private final Set<String> discarded = new HashSet<>();
        private final Set<Integer> changedMeanwhile = new HashSet<>();
        private final Set<Integer> failing = new HashSet<>();

        private Future<Boolean> compareAndSet(int unit) {
            return failing.contains(unit)
                    ? Future.failedFuture("Redis is unavailable")
                    : Future.succeededFuture(!changedMeanwhile.contains(unit));
        }

        @Override
        public Future<Boolean> adopt(Order trueHolder, int unit, String redisHolder, String epoch, String pass) {
            steps.add("adopt " + unit + " for " + trueHolder.userId() + " from '" + redisHolder + "' epoch " + epoch
                    + " pass " + pass);
            return compareAndSet(unit);
        }

        @Override
        public Future<Boolean> freeUnit(String productId, int unit, String redisHolder, String epoch, String pass) {
            steps.add("free " + unit + " from '" + redisHolder + "' epoch " + epoch + " pass " + pass);
            return compareAndSet(unit);
        }

        @Override
        public Future<Void> giveBackAudited(Order cancelled, List<Integer> units) {
            steps.add("give back " + cancelled.userId() + " " + units);
            return Future.succeededFuture();
        }

        @Override
        public void stockChanged(String productId) {
            steps.add("announce " + productId);
        }

        @Override
        public Future<Optional<Order>> find(String orderId) {
            return Future.succeededFuture(Optional.ofNullable(orders.get(orderId)));
        }

        @Override
        public Future<Boolean> giveBackIfDiscarded(String orderId, boolean unitsToo) {
            if (discarded.contains(orderId)) {
                steps.add("give back discarded " + (unitsToo ? "with units" : "without units"));
            }
            return Future.succeededFuture(discarded.contains(orderId));
        }

        @Override
        public Future<Void> record(AuditEntry entry) {
            entries.add(entry);
            return Future.succeededFuture();
        }
    }

    /** Sets up a consistent sale: units 1 and 2 are sold, 3 is on hold, 4 was given back, 5 was never sold. */
    @BeforeEach
    void setUpConsistentStores() {
        live.addAll(List.of(ada, bob, stockHold));
        live.forEach(order -> holders.put(order.units().get(0), order.id()));
        free.add("4");
        live.forEach(order -> stores.orders.put(order.id(), order));
    }

    private SaleSnapshot snapshot() {
        return new SaleSnapshot(
                epoch,
                highWaterMark,
                List.copyOf(live),
                Map.copyOf(holders),
                Set.copyOf(free),
                Set.copyOf(outbox),
                Set.copyOf(dead));
    }

    private int scan(long pass) {
        return drift.scan("p", snapshot(), pass).result();
    }

    private int scanTwice() {
        assertEquals(0, scan(7));
        assertEquals(List.of(), stores.steps, "a single finding may be a purchase in flight");
        return scan(8);
    }

    private double counted(ReconcilerMetrics.Kind kind) {
        return meters.get("flashsale.repairs").tag("kind", kind.tag()).counter().count();
    }

    private static String repair(String what, String redisHolder) {
        return what + " from '" + redisHolder + "' epoch 3 pass 8";
    }

    @Test
    void consistentStoresNeedNoRepair() {
        // when
        int repaired = scanTwice();

        // then
        assertEquals(0, repaired);
        assertFalse(drift.isSuspect("p"));
        assertEquals(List.of(), stores.steps);
        assertEquals(List.of(), stores.entries);
    }

    @Test
    void aUnitFreeInRedisAndSoldInMongoDbGetsItsHolder() {
        // given
        holders.remove(1);
        free.add("1");

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(List.of(repair("adopt 1 for ada", ""), "announce p"), stores.steps);
        assertEquals(1, counted(ReconcilerMetrics.Kind.ADOPTED));
    }

    @Test
    void aUnitSoldBeyondTheHighWaterMarkOfRedisGetsItsHolder() {
        // given
        live.add(TestOrders.placed(TestOrders.reserved("p", "eve", List.of(9), List.of())));

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(repair("adopt 9 for eve", ""), stores.steps.get(0));
    }

    @Test
    void aStockHoldIsRestoredLikeAnyOtherOrder() {
        // given: Redis would sell the unit
        holders.remove(3);
        free.add("3");

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(repair("adopt 3 for house", ""), stores.steps.get(0));
    }

    @Test
    void aUnitThatIsNeitherHeldNorFreeBecomesSellable() {
        // given
        free.remove("4");

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(List.of(repair("free 4", ""), "announce p"), stores.steps);
        assertEquals(1, counted(ReconcilerMetrics.Kind.FREED));
    }

    @Test
    void aUnitThatWasNeverIssuedIsNotMissing() {
        // given
        free.remove("4");
        highWaterMark = 3;

        // when
        int repaired = scanTwice();

        // then
        assertEquals(0, repaired);
    }

    @Test
    void aUnitHeldForAnUnknownOrderBecomesSellable() {
        // given
        free.remove("4");
        holders.put(4, UNKNOWN_ORDER);

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(repair("free 4", UNKNOWN_ORDER), stores.steps.get(0));
    }

    @Test
    void ordersInTheOutboxAndDeadLettersKeepTheirUnits() {
        // given
        highWaterMark = 6;
        holders.put(5, "p-in-the-outbox");
        holders.put(6, "p-dead");
        outbox.add("p-in-the-outbox");
        dead.add("p-dead");

        // when
        int repaired = scanTwice();

        // then
        assertEquals(0, repaired);
        assertFalse(drift.isSuspect("p"));
    }

    @Test
    void aUnitHeldByACancelledOrderIsReleasedWithTheBuyersSlots() {
        // given
        Order cancelled = TestOrders.cancelled(ada);
        live.remove(ada);
        stores.orders.put(ada.id(), cancelled);

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(List.of("give back ada [1]", repair("free 1", ada.id()), "announce p"), stores.steps);
    }

    @Test
    void aReturnThatFreesTheUnitIsCountedOnce() {
        // given
        live.remove(ada);
        stores.orders.put(ada.id(), TestOrders.cancelled(ada));
        stores.changedMeanwhile.add(1);

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(1, counted(ReconcilerMetrics.Kind.GIVEN_BACK));
        assertEquals(0, counted(ReconcilerMetrics.Kind.FREED));
    }

    @Test
    void onlyTheSlotsOfACancelledOrderAreReleasedIfItsUnitWasSoldAgain() {
        // given
        Order eve = TestOrders.placed(TestOrders.reserved("p", "eve", List.of(1), List.of(1)));
        live.remove(ada);
        live.add(eve);
        stores.orders.put(ada.id(), TestOrders.cancelled(ada));

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(List.of("give back ada []", repair("adopt 1 for eve", ada.id()), "announce p"), stores.steps);
    }

    @Test
    void aDiscardedDeadLetterIsReleasedLikeACancelledOrder() {
        // given
        Order eve = TestOrders.placed(TestOrders.reserved("p", "eve", List.of(5), List.of(1)));
        highWaterMark = 6;
        holders.put(5, "p-discarded");
        holders.put(6, "p-discarded");
        live.add(eve);
        stores.discarded.add("p-discarded");

        // when
        int repaired = scanTwice();

        // then
        assertEquals(2, repaired);
        assertTrue(stores.steps.contains("give back discarded with units"), stores.steps.toString());
        assertTrue(stores.steps.contains("give back discarded without units"), stores.steps.toString());
    }

    @Test
    void aLiveOrderThatHoldsTheWrongUnitInRedisIsNotReleased() {
        // given
        holders.put(1, bob.id());

        // when
        int repaired = scanTwice();

        // then
        assertEquals(1, repaired);
        assertEquals(List.of(repair("adopt 1 for ada", bob.id()), "announce p"), stores.steps);
    }

    @Test
    void onlyDiscrepanciesThatBothScansFoundAreRepaired() {
        // given
        free.remove("4");
        holders.remove(1);
        scan(7);

        // when: one discrepancy stays, one has changed, and one is new
        holders.put(1, UNKNOWN_ORDER);
        holders.remove(2);
        int repaired = scan(8);

        // then
        assertEquals(1, repaired);
        assertEquals(List.of(repair("free 4", ""), "announce p"), stores.steps);

        // when: the others are found again
        stores.steps.clear();
        free.add("4");
        scan(9);

        // then
        assertEquals(
                Set.of(
                        "adopt 1 for ada from '" + UNKNOWN_ORDER + "' epoch 3 pass 9",
                        "adopt 2 for bob from '' epoch 3 pass 9",
                        "announce p"),
                Set.copyOf(stores.steps));
    }

    @Test
    void scansUnderDifferentEpochsAreNotCompared() {
        // given
        free.remove("4");
        scan(7);

        // when
        epoch = "4";
        int afterTheRecovery = scan(8);

        // then
        assertEquals(0, afterTheRecovery);
        assertTrue(drift.isSuspect("p"));
        assertEquals(List.of(), stores.steps);

        // when
        scan(9);

        // then
        assertEquals(List.of("free 4 from '' epoch 4 pass 9", "announce p"), stores.steps);
    }

    @Test
    void afterForgettingTheNextScanIsTheFirst() {
        // given
        free.remove("4");
        scan(7);

        // when
        drift.forget("p");

        // then
        assertFalse(drift.isSuspect("p"));
        assertEquals(0, scan(8));
        assertEquals(List.of(), stores.steps);
    }

    @Test
    void productsAreScannedIndependently() {
        // given
        free.remove("4");
        scan(7);

        // when
        int repaired = drift.scan("q", snapshot(), 8).result();

        // then
        assertEquals(0, repaired);
    }

    @Test
    void aUnitThatChangedAfterTheScanIsNeitherRepairedNorReported() {
        // given
        free.remove("4");
        stores.changedMeanwhile.add(4);

        // when
        int repaired = scanTwice();

        // then
        assertEquals(0, repaired);
        assertEquals(List.of(repair("free 4", "")), stores.steps);
        assertEquals(List.of(), stores.entries);
        assertEquals(0, counted(ReconcilerMetrics.Kind.FREED));
    }

    @Test
    void repairsAreReportedOnceWithTheirUnits() {
        // given
        holders.remove(1);
        free.remove("4");

        // when
        scanTwice();

        // then
        JsonObject details = new JsonObject()
                .put("units", 2)
                .put("adopted", new JsonArray(List.of(1)))
                .put("freed", new JsonArray(List.of(4)))
                .put("epoch", 3L);
        assertEquals(
                List.of(AuditEntry.done(
                        "p:repaired:8:3",
                        time.clock().instant(),
                        AuditAction.UNIT_REPAIRED,
                        AuditEntry.SYSTEM,
                        "p",
                        details)),
                stores.entries);
        assertEquals(1, stores.steps.stream().filter("announce p"::equals).count());
    }

    @Test
    void completedRepairsAreReportedThoughAnotherFailed() {
        // given
        holders.remove(1);
        free.remove("4");
        scan(7);

        // when
        stores.failing.add(1);
        Future<Integer> scan = drift.scan("p", snapshot(), 8);

        // then
        assertEquals("Redis is unavailable", scan.cause().getMessage());
        assertEquals(new JsonArray(List.of(4)), stores.entries.get(0).details().getJsonArray("freed"));
        assertTrue(stores.steps.contains("announce p"), stores.steps.toString());
    }
}
