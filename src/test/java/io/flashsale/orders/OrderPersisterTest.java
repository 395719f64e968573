package io.flashsale.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.persistence.order.PersistResult;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Verifies what each result from MongoDB means for the buyer, Redis and the audit log. */
class OrderPersisterTest {
    private final ManualTime time = new ManualTime();
    private final List<String> steps = new ArrayList<>();
    private final List<Order> settled = new ArrayList<>();
    private final Stores stores = new Stores();
    private final OrderPersister persister = new OrderPersister(
            new OutboxAcknowledger(time.vertx(), stores, stores::placed),
            stores,
            order -> Future.succeededFuture(stores.reply),
            (productId, wrongEpoch) -> steps.add("recover " + productId + " beyond " + wrongEpoch),
            stores);

    private final Order ada = TestOrders.reserved("p", "ada", List.of(1, 2), List.of(1, 2));
    private final Order bob = TestOrders.placed(TestOrders.reserved("p", "bob", List.of(2), List.of(1)));
    private final Order eve = TestOrders.placed(TestOrders.reserved("p", "eve", List.of(1), List.of(1)));

    /** Fakes both stores: records the steps in their order and returns configured results. */
    private final class Stores
            implements OrderPersister.Reservations, OrderPersister.AuditTrail, OutboxAcknowledger.Outbox {
        private PersistResult reply;
        private Future<Integer> released = Future.succeededFuture(1);
        private Future<Void> audited = Future.succeededFuture();
        private Future<Boolean> adopted = Future.succeededFuture(true);

        @Override
        public Future<Integer> release(Order order, ReleaseReason why, List<Integer> units, List<Integer> slots) {
            steps.add("release " + order.userId() + " " + why + " units " + units + " slots " + slots);
            return released;
        }

        @Override
        public Future<Void> remember(Order order) {
            steps.add("remember " + order.userId() + " " + order.units());
            return Future.succeededFuture();
        }

        @Override
        public Future<Boolean> adopt(Order trueHolder, int unit, String expectedHolder) {
            steps.add("adopt unit " + unit + " for " + trueHolder.userId()
                    + (expectedHolder.equals(ada.id()) ? " from ada" : " from " + expectedHolder));
            return adopted;
        }

        @Override
        public Future<Void> placed(List<Order> orders) {
            steps.add("audit placed " + orders.stream().map(Order::userId).toList());
            return audited;
        }

        @Override
        public Future<Void> cancelled(Order order) {
            steps.add("audit cancelled " + order.userId());
            return audited;
        }

        @Override
        public Future<Long> settle(String productId, List<Order> placed) {
            steps.add("settle " + productId);
            settled.addAll(placed);
            return Future.succeededFuture(0L);
        }

        @Override
        public Future<Long> announce(String productId) {
            steps.add("announce " + productId);
            return Future.succeededFuture(0L);
        }
    }

    private PurchaseOutcome persist(PersistResult.Kind kind, Order order) {
        return persist(new PersistResult(kind, order, Map.of(), null), false);
    }

    private PurchaseOutcome persist(PersistResult reply, boolean replayed) {
        stores.reply = reply;
        Future<PurchaseOutcome> outcome = persister.persist(ada, replayed);
        assertTrue(outcome.succeeded(), "a purchase never fails and completes with the replies of the stores");
        return outcome.result();
    }

    private PurchaseOutcome unitsTaken(Map<Integer, Order> holders) {
        return persist(new PersistResult(PersistResult.Kind.UNITS_TAKEN, null, holders, null), false);
    }

    /** Completes the current group and sends the pending announcements. */
    private void settleAll() {
        time.advanceMillis(10);
    }

    @Test
    void aPlacedOrderIsAcknowledgedWithoutDelayingTheBuyer() {
        // given
        Order placed = TestOrders.placed(ada);

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.PLACED, placed);

        // then
        assertEquals(new PurchaseOutcome.Placed(placed, false), outcome);
        assertEquals(List.of(), steps);

        // when
        settleAll();

        // then
        assertEquals(List.of("audit placed [ada]", "settle p"), steps);
        assertEquals(List.of(placed), settled);
    }

    @Test
    void aReplayThatIsPersistedOnlyNowIsStillAReplay() {
        // given
        Order placed = TestOrders.placed(ada);

        // when
        PurchaseOutcome outcome = persist(new PersistResult(PersistResult.Kind.PLACED, placed, Map.of(), null), true);

        // then
        assertEquals(new PurchaseOutcome.Placed(placed, true), outcome);
    }

    @Test
    void anOrderPersistedBeforeIsAcknowledgedWithTheTimeInTheOutbox() {
        // given: MongoDB's times are in milliseconds
        Order stored = placedAtMillis(ada);

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.ALREADY_PLACED, stored);
        settleAll();

        // then
        assertEquals(new PurchaseOutcome.Placed(stored, true), outcome);
        assertEquals(List.of(ada.withStatus(OrderStatus.PLACED, stored.updatedAt())), settled);
        assertEquals(List.of("audit placed [ada]", "settle p"), steps);
    }

    private static Order placedAtMillis(Order order) {
        Order placed = TestOrders.placed(order);
        return new Order(
                placed.id(),
                placed.productId(),
                placed.userId(),
                placed.keyHash(),
                placed.quantity(),
                placed.unitPrice(),
                placed.currency(),
                placed.units(),
                placed.slots(),
                placed.status(),
                placed.epoch(),
                placed.reservedAt().truncatedTo(ChronoUnit.MILLIS),
                placed.updatedAt());
    }

    @Test
    void aSecondReservationIsReleasedExceptForWhatTheFirstHolds() {
        // given
        Order first = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(2, 7), List.of(2, 3)));

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.ALREADY_PLACED, first);
        settleAll();

        // then
        assertEquals(new PurchaseOutcome.Placed(first, true), outcome);
        assertEquals(
                List.of(
                        "audit placed [ada]",
                        "release ada REPLACED units [1] slots [1]",
                        "remember ada [2, 7]",
                        "announce p"),
                steps);
    }

    @Test
    void aSecondReservationOfACancelledOrderIsReleasedCompletely() {
        // given
        Order cancelled = TestOrders.cancelled(ada);

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.ALREADY_PLACED, cancelled);

        // then
        assertEquals(new PurchaseOutcome.Placed(cancelled, true), outcome);
        assertEquals(
                List.of("audit placed [ada]", "release ada REPLACED units [1, 2] slots [1, 2]", "remember ada [1, 2]"),
                steps);
    }

    @Test
    void aSecondReservationStaysInTheOutboxUntilTheFirstIsAudited() {
        // given
        stores.audited = Future.failedFuture("no majority");
        Order first = TestOrders.placed(TestOrders.reserved("p", "ada", List.of(8, 9), List.of(1, 2)));

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.ALREADY_PLACED, first);

        // then
        assertEquals(new PurchaseOutcome.Placed(first, true), outcome);
        assertEquals(List.of("audit placed [ada]"), steps);
    }

    @Test
    void aReusedKeyReleasesTheReservation() {
        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.KEY_REUSED, bob);
        settleAll();

        // then
        assertEquals(PurchaseOutcome.Kind.KEY_REUSED, outcome.kind());
        assertEquals(List.of("release ada NEVER_WAS units [1, 2] slots [1, 2]", "announce p"), steps);
    }

    @Test
    void aBuyerAtTheLimitGetsTheExistingOrderAndTheSaleIsRecovered() {
        // given
        Order other = TestOrders.placed(TestOrders.reserved("p", "ada", "other", List.of(9), List.of(1)));

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.BUYER_HOLDS, other);

        // then
        assertEquals(new PurchaseOutcome.LimitReached(other.id()), outcome);
        assertEquals(
                List.of("release ada NEVER_WAS units [1, 2] slots [1, 2]", "recover p beyond " + TestOrders.EPOCH),
                steps);
    }

    @Test
    void aFailureOfRedisIsLeftToTheReconciler() {
        // given
        stores.released = Future.failedFuture("Redis is away");

        // when
        PurchaseOutcome outcome = persist(PersistResult.Kind.BUYER_HOLDS, bob);
        settleAll();

        // then
        assertEquals(new PurchaseOutcome.LimitReached(bob.id()), outcome);
        assertTrue(steps.contains("recover p beyond " + TestOrders.EPOCH), steps.toString());
    }

    @Test
    void aLostUnitGetsItsHolderAfterTheOtherUnitsAreReleased() {
        // when
        PurchaseOutcome outcome = unitsTaken(Map.of(2, bob));

        // then
        assertEquals(PurchaseOutcome.Kind.UNAVAILABLE, outcome.kind());
        assertEquals(List.of("release ada NEVER_WAS units [1] slots [1, 2]", "adopt unit 2 for bob from ada"), steps);
    }

    @Test
    void aLostUnitGetsItsHolderEvenIfTheReleaseFails() {
        // given
        stores.released = Future.failedFuture("Redis is away");
        stores.adopted = Future.failedFuture("Redis is away");

        // when
        PurchaseOutcome outcome = unitsTaken(Map.of(2, bob));

        // then
        assertEquals(PurchaseOutcome.Kind.UNAVAILABLE, outcome.kind());
        assertTrue(steps.contains("adopt unit 2 for bob from ada"), steps.toString());
    }

    @Test
    void manyLostUnitsTriggerARecoveryAndResetTheCount() {
        // when
        unitsTaken(Map.of(2, bob));
        unitsTaken(Map.of(1, eve, 2, bob));

        // then
        assertTrue(steps.stream().noneMatch(step -> step.startsWith("recover")), steps.toString());

        // when
        unitsTaken(Map.of(2, bob));
        unitsTaken(Map.of(2, bob));

        // then
        assertEquals(
                1,
                steps.stream()
                        .filter(step -> step.startsWith("recover p beyond 3"))
                        .count(),
                steps.toString());
    }

    @Test
    void withoutAConfirmationNothingIsReleasedAndNothingConfirmed() {
        for (PersistResult.Kind kind : List.of(PersistResult.Kind.UNKNOWN, PersistResult.Kind.REFUSED)) {
            // given
            steps.clear();

            // when
            PurchaseOutcome outcome = persist(kind, null);
            settleAll();

            // then
            assertEquals(new PurchaseOutcome.Reserved(ada, false), outcome);
            assertEquals(List.of("announce p"), steps, "its units are no longer for sale");
        }
    }

    @Test
    void nothingIsAnnouncedWithoutReleasedUnits() {
        // given
        stores.released = Future.succeededFuture(0);

        // when
        persist(PersistResult.Kind.KEY_REUSED, bob);
        settleAll();

        // then
        assertEquals(1, steps.size(), steps.toString());
    }

    @Test
    void aRetryReturnsTheResultAfterItIsAppliedToRedis() {
        // given
        stores.reply = new PersistResult(PersistResult.Kind.KEY_REUSED, bob, Map.of(), null);

        // when
        Future<PersistResult> reply = persister.retry(ada);

        // then
        assertEquals(stores.reply, reply.result());
        assertEquals(List.of("release ada NEVER_WAS units [1, 2] slots [1, 2]"), steps);
    }

    @Test
    void theUnitsOfACancelledOrderAreHeldUntilTheCancellationIsAudited() {
        // given
        Order cancelled = TestOrders.cancelled(ada);
        stores.audited = Future.failedFuture("no majority");

        // when
        Future<Void> givenBack = persister.giveBackAudited(cancelled, cancelled.units());

        // then
        assertTrue(givenBack.failed());
        assertEquals(List.of("audit cancelled ada"), steps);

        // when
        stores.audited = Future.succeededFuture();
        persister.giveBackAudited(cancelled, List.of(2));
        settleAll();

        // then
        assertEquals(
                List.of(
                        "audit cancelled ada",
                        "audit cancelled ada",
                        "release ada CANCELLED units [2] slots [1, 2]",
                        "announce p"),
                steps);
    }

    @Test
    void aCancellationSucceedsEvenIfItsUnitsReturnLater() {
        // given
        stores.released = Future.failedFuture("Redis is away");

        // when
        Future<Void> givenBack = persister.giveBack(TestOrders.cancelled(ada));

        // then
        assertTrue(givenBack.succeeded());
    }

    @Test
    void theUnitsOfALiveOrderAreNeverReturned() {
        for (Order live : List.of(ada, TestOrders.placed(ada), TestOrders.failed(ada))) {
            assertThrows(IllegalArgumentException.class, () -> persister.giveBackAudited(live, live.units()));
        }
        assertEquals(List.of(), steps);
    }
}
