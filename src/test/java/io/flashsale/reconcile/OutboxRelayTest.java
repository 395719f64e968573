package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.persistence.order.PersistResult;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests which orders of the outbox are retried, and what each reply of MongoDB leads to. */
class OutboxRelayTest {
    private static final int MAX_REFUSALS = 3;

    private final ManualTime time = new ManualTime();
    private final List<String> steps = new ArrayList<>();
    private final Map<String, Order> outbox = new HashMap<>();
    private Kind kind = Kind.PLACED;
    private final OutboxRelay relay = new OutboxRelay(
            new Stores(),
            new ReconcilerMetrics(new SimpleMeterRegistry(), new RecoveringSales(time.clock())),
            MAX_REFUSALS);

    private final Order ada = TestOrders.reserved("p", "ada", List.of(1), List.of(1));

    /** Replaces both stores and records the calls. */
    private final class Stores implements OutboxRelay.Steps {
        @Override
        public Future<Map<String, Order>> outbox(String productId) {
            return Future.succeededFuture(Map.copyOf(outbox));
        }

        @Override
        public Future<PersistResult> retry(Order order) {
            steps.add("retry " + order.userId());
            return Future.succeededFuture(new PersistResult(kind, null, Map.of(), "validator"));
        }

        @Override
        public Future<Void> recordFailed(Order order) {
            steps.add("failed " + order.userId());
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> deadLetter(Order order, String reason, int refusals) {
            steps.add("dead letter " + order.userId() + " " + reason + " " + refusals);
            return Future.succeededFuture();
        }
    }

    private void passes(int passes) {
        for (int i = 0; i < passes; i++) {
            assertTrue(relay.relay("p").succeeded());
            relay.endPass();
        }
    }

    /** Returns the steps for an order that two passes found. */
    private List<String> retried(Order order, Kind reply) {
        steps.clear();
        outbox.clear();
        kind = reply;
        passes(1);
        outbox.put("text of " + order.userId(), order);
        passes(2);
        return List.copyOf(steps);
    }

    @Test
    void anOrderInFlightIsNotRaced() {
        // given
        outbox.put("first", ada);

        // when
        passes(1);

        // then
        assertEquals(List.of(), steps);
    }

    @Test
    void anOrderThatTwoPassesFoundIsRetried() {
        assertEquals(List.of("retry ada"), retried(ada, Kind.PLACED));
    }

    @Test
    void anotherReservationOfTheSameRequestIsANewEntry() {
        // given
        outbox.put("first", ada);
        passes(1);

        // when
        outbox.clear();
        outbox.put("second", ada);
        passes(1);

        // then
        assertEquals(List.of(), steps);
    }

    @Test
    void aLostReservationIsRecordedAsFailedUnlessItIsAStockHold() {
        // given
        Order hold = TestOrders.reserved("p", Order.STOCK_HOLD_USER, List.of(2), List.of());

        for (Kind lost : List.of(Kind.BUYER_HOLDS, Kind.UNITS_TAKEN)) {
            // then
            assertEquals(List.of("retry ada", "failed ada"), retried(ada, lost));
            assertEquals(List.of("retry house"), retried(hold, lost));
        }
    }

    @Test
    void otherRepliesNeedNoFurtherStep() {
        for (Kind other : List.of(Kind.ALREADY_PLACED, Kind.KEY_REUSED, Kind.UNKNOWN, Kind.REFUSED)) {
            assertEquals(List.of("retry ada"), retried(ada, other));
        }
    }

    @Test
    void anOrderThatIsRefusedRepeatedlyIsDeadLettered() {
        // given
        outbox.put("first", ada);
        kind = Kind.REFUSED;

        // when
        passes(MAX_REFUSALS);

        // then
        assertEquals(List.of("retry ada", "retry ada"), steps);

        // when
        passes(1);

        // then
        assertEquals("dead letter ada validator 3", steps.get(steps.size() - 1));
    }

    @Test
    void refusalsOfAnEarlierReservationDoNotCount() {
        // given
        outbox.put("first", ada);
        kind = Kind.REFUSED;
        passes(MAX_REFUSALS);

        // when
        outbox.clear();
        outbox.put("second", ada);
        passes(MAX_REFUSALS);

        // then
        assertTrue(steps.stream().noneMatch(step -> step.startsWith("dead letter")), steps.toString());
    }
}
