package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.PersistResult;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests what a recovery does with the orders that still wait for MongoDB. */
class OutboxDrainTest {
    private final ManualTime time = new ManualTime();
    private final List<String> steps = new ArrayList<>();
    private final Deque<Kind> replies = new ArrayDeque<>();
    private final OutboxDrain drain = new OutboxDrain(
            time.vertx(),
            order -> {
                steps.add("write " + order.userId());
                return Future.succeededFuture(new PersistResult(replies.remove(), null, Map.of(), "validator"));
            },
            order -> step("failed " + order.userId()),
            (order, reason) -> step("dead letter " + order.userId() + " " + reason));

    private final Order ada = TestOrders.reserved("p", "ada", List.of(1), List.of(1));

    private Future<Void> step(String step) {
        steps.add(step);
        return Future.succeededFuture();
    }

    private Future<Void> drain(Kind... kinds) {
        steps.clear();
        replies.addAll(List.of(kinds));
        return drain.drain(List.of(ada));
    }

    @Test
    void ordersThatMongoDbHoldsOrWillNeverHoldNeedNoFurtherStep() {
        for (Kind kind : List.of(Kind.PLACED, Kind.ALREADY_PLACED, Kind.KEY_REUSED)) {
            // when
            Future<Void> drained = drain(kind);

            // then
            assertTrue(drained.succeeded());
            assertEquals(List.of("write ada"), steps);
        }
    }

    @Test
    void aLostReservationIsRecordedAsFailed() {
        for (Kind kind : List.of(Kind.BUYER_HOLDS, Kind.UNITS_TAKEN)) {
            // when
            Future<Void> drained = drain(kind);

            // then
            assertTrue(drained.succeeded());
            assertEquals(List.of("write ada", "failed ada"), steps);
        }
    }

    @Test
    void aRefusedOrderIsRetriedAndDeadLetteredAtTheThirdRefusal() {
        // when
        Future<Void> retried = drain(Kind.REFUSED, Kind.REFUSED, Kind.PLACED);

        // then
        assertTrue(retried.succeeded());
        assertEquals(3, steps.size());

        // when
        Future<Void> refused = drain(Kind.REFUSED, Kind.REFUSED, Kind.REFUSED);

        // then
        assertTrue(refused.succeeded());
        assertEquals("dead letter ada validator", steps.get(3));
    }

    @Test
    void anOrderWithoutAReplyIsRetriedAfterAPause() {
        // given
        Future<Void> drained = drain(Kind.UNKNOWN, Kind.UNKNOWN, Kind.PLACED);
        assertEquals(1, steps.size());

        // when
        time.advanceMillis(300);
        assertEquals(2, steps.size());
        time.advanceMillis(599);
        assertFalse(drained.isComplete());
        time.advanceMillis(1);

        // then
        assertTrue(drained.succeeded());
        assertEquals(3, steps.size());
    }

    @Test
    void theRecoveryFailsIfMongoDbNeverRepliesSoThatNoOrderIsLost() {
        // given
        Future<Void> drained =
                drain(Kind.UNKNOWN, Kind.UNKNOWN, Kind.UNKNOWN, Kind.UNKNOWN, Kind.UNKNOWN, Kind.UNKNOWN);

        // when
        time.advanceMillis(60_000);

        // then
        assertInstanceOf(StoreUnavailableException.class, drained.cause());
        assertEquals(6, steps.size());
        assertEquals(0, time.pendingTimers());
    }
}
