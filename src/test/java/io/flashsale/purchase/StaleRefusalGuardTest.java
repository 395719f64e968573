package io.flashsale.purchase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.PurchaseOutcome.Kind;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Verifies when a refusal counts as valid. */
class StaleRefusalGuardTest {
    private static final PurchaseOutcome SOLD_OUT = new PurchaseOutcome.SoldOut();
    private static final Order RESERVED = TestOrders.reserved("p", "ada", List.of(1), List.of());
    private static final Order PLACED = TestOrders.placed(RESERVED);

    /** Fakes a MongoDB collection; the test completes its reads. */
    private static final class Reads<V> implements Function<Set<String>, Future<Map<String, V>>> {
        private final List<Set<String>> keys = new ArrayList<>();
        private final List<Promise<Map<String, V>>> ends = new ArrayList<>();

        @Override
        public Future<Map<String, V>> apply(Set<String> requested) {
            keys.add(Set.copyOf(requested));
            ends.add(Promise.promise());
            return ends.get(ends.size() - 1).future();
        }

        private void answer(Map<String, V> found) {
            ends.get(ends.size() - 1).complete(found);
        }

        private void fail() {
            ends.get(ends.size() - 1).fail("away");
        }
    }

    private final ManualTime time = new ManualTime();
    private final Reads<Long> epochs = new Reads<>();
    private final Reads<Order> orders = new Reads<>();
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private final StaleRefusalGuard guard = new StaleRefusalGuard(time.vertx(), epochs, orders, TIMEOUT, time.clock());

    private static PurchaseCommand command(int quantity) {
        return new PurchaseCommand("ada", "p", new IdempotencyKey("k"), quantity);
    }

    private Future<PurchaseOutcome> refusedIn(long epoch) {
        return guard.verify(command(1), epoch, SOLD_OUT);
    }

    private static Kind kind(Future<PurchaseOutcome> outcome) {
        return outcome.result().kind();
    }

    @Test
    void aRefusalUnderTheCurrentEpochIsValid() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);
        assertFalse(outcome.isComplete());

        // when
        epochs.answer(Map.of("p", 1L));

        // then
        assertSame(SOLD_OUT, outcome.result());
        assertEquals(List.of(), orders.keys, "the order of a sale without recoveries is not looked up");
    }

    @Test
    void aRefusalUnderAnOldEpochIsNotReturned() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of());

        // then
        assertEquals(Kind.UNAVAILABLE, kind(outcome));
    }

    @Test
    void aRefusalForAnUnknownProductIsNotReturned() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);

        // when
        epochs.answer(Map.of());
        orders.answer(Map.of());

        // then
        assertEquals(Kind.UNAVAILABLE, kind(outcome));
    }

    @Test
    void aWinnerMissingInStaleDataGetsTheOrder() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of(PLACED.id(), PLACED));

        // then
        assertEquals(new PurchaseOutcome.Placed(PLACED, true), outcome.result());
        assertEquals(List.of(Set.of(command(1).orderId())), orders.keys);
    }

    @Test
    void theOrderOfARecoveredSaleIsLookedUpUnderTheCurrentEpochToo() {
        // given
        Future<PurchaseOutcome> winner = refusedIn(2);
        assertEquals(1, orders.keys.size(), "in the same round trip");

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of(PLACED.id(), PLACED));

        // then
        assertEquals(new PurchaseOutcome.Placed(PLACED, true), winner.result());
    }

    @Test
    void aRefusalOfARecoveredSaleIsValidWithoutAnOrder() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(2);

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of());

        // then
        assertSame(SOLD_OUT, outcome.result());
    }

    @Test
    void aCancelledOrderIsReturnedAndAFailedOneIsNot() {
        // given
        Future<PurchaseOutcome> cancelled = refusedIn(2);
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of(PLACED.id(), TestOrders.cancelled(PLACED)));

        // when
        Future<PurchaseOutcome> failed = refusedIn(2);
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of(PLACED.id(), TestOrders.failed(RESERVED)));

        // then
        assertEquals(Kind.PLACED, kind(cancelled));
        assertSame(SOLD_OUT, failed.result());
    }

    @Test
    void anotherQuantityUnderTheKeyIsAReusedKey() {
        // given
        Future<PurchaseOutcome> outcome = guard.verify(command(2), 2, SOLD_OUT);

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of(PLACED.id(), PLACED));

        // then
        assertEquals(Kind.KEY_REUSED, kind(outcome));
    }

    @Test
    void refusalsDuringAReadShareTheNextOne() {
        // given
        Future<PurchaseOutcome> first = refusedIn(1);
        List<Future<PurchaseOutcome>> meanwhile = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PurchaseCommand other = new PurchaseCommand("user" + i, "p", new IdempotencyKey("k"), 1);
            meanwhile.add(guard.verify(other, 1, SOLD_OUT));
        }

        // when
        epochs.answer(Map.of("p", 1L));
        assertTrue(first.isComplete());
        assertTrue(meanwhile.stream().noneMatch(Future::isComplete), "an epoch may have been raised since");
        epochs.answer(Map.of("p", 1L));

        // then
        assertEquals(2, epochs.keys.size());
        assertTrue(meanwhile.stream().allMatch(outcome -> SOLD_OUT.equals(outcome.result())));
    }

    @Test
    void withoutMongoDbRefusalsAreValidAndNotVerifiedForASecond() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);

        // when
        epochs.fail();
        Future<PurchaseOutcome> soonAfter = refusedIn(1);
        time.advanceMillis(999);
        Future<PurchaseOutcome> stillWithin = refusedIn(1);

        // then
        assertSame(SOLD_OUT, outcome.result());
        assertSame(SOLD_OUT, soonAfter.result());
        assertSame(SOLD_OUT, stillWithin.result());
        assertEquals(1, epochs.keys.size());

        // when
        time.advanceMillis(1);
        refusedIn(1);

        // then
        assertEquals(2, epochs.keys.size());
    }

    @Test
    void aRefusalIsValidAfterTheTimeout() {
        // given
        Future<PurchaseOutcome> outcome = refusedIn(1);

        // when
        time.advanceMillis(299);
        assertFalse(outcome.isComplete());
        time.advanceMillis(1);

        // then
        assertSame(SOLD_OUT, outcome.result());
        assertTrue(refusedIn(1).isComplete(), "MongoDB counts as unavailable");

        // when
        epochs.answer(Map.of("p", 2L));

        // then
        assertSame(SOLD_OUT, outcome.result());
    }

    @Test
    void ifTheOrderCannotBeReadTheEpochDecides() {
        // given
        Future<PurchaseOutcome> current = refusedIn(2);
        epochs.answer(Map.of("p", 2L));

        // when
        time.advanceMillis(300);

        // then
        assertSame(SOLD_OUT, current.result());

        // given
        orders.fail();
        Future<PurchaseOutcome> stale = refusedIn(2);
        epochs.answer(Map.of("p", 3L));

        // when
        orders.fail();

        // then
        assertEquals(Kind.UNAVAILABLE, kind(stale));
    }

    @Test
    void aTimelyReplyCancelsTheTimer() {
        // given
        refusedIn(2);

        // when
        epochs.answer(Map.of("p", 2L));
        orders.answer(Map.of());

        // then
        assertEquals(0, time.pendingTimers());
    }
}
