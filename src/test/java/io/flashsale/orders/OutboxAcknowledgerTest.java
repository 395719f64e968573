package io.flashsale.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flashsale.domain.Order;
import io.flashsale.support.ManualTime;
import io.flashsale.support.TestOrders;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Verifies that placed orders leave the outbox in groups and only after their audit entries are stored. */
class OutboxAcknowledgerTest {
    private record Write(List<Order> orders, Promise<Void> end) {}

    private final ManualTime time = new ManualTime();
    private final List<Write> audited = new ArrayList<>();
    private final FakeOutbox outbox = new FakeOutbox();
    private final OutboxAcknowledger acknowledger = new OutboxAcknowledger(time.vertx(), outbox, orders -> {
        Write write = new Write(orders, Promise.promise());
        audited.add(write);
        return write.end().future();
    });
    private int units;

    /** Records removals and announcements. */
    private static final class FakeOutbox implements OutboxAcknowledger.Outbox {
        private final Map<String, List<Integer>> settledUnits = new HashMap<>();
        private final List<String> settleCalls = new ArrayList<>();
        private final List<String> announced = new ArrayList<>();
        private Future<Long> answer = Future.succeededFuture(0L);

        @Override
        public Future<Long> settle(String productId, List<Order> placed) {
            settleCalls.add(productId);
            placed.forEach(order -> settledUnits
                    .computeIfAbsent(productId, id -> new ArrayList<>())
                    .addAll(order.units()));
            return answer;
        }

        @Override
        public Future<Long> announce(String productId) {
            announced.add(productId);
            return answer;
        }
    }

    private void place(String productId) {
        units++;
        acknowledger.settle(
                TestOrders.placed(TestOrders.reserved(productId, "user" + units, List.of(units), List.of())));
    }

    private void place(int orders) {
        for (int i = 0; i < orders; i++) {
            place("p");
        }
    }

    @Test
    void ordersPlacedTogetherAreAcknowledgedTogetherWithOneCallPerProduct() {
        // given
        place("p");
        place("q");
        place("p");

        // when
        time.advanceMillis(1);
        audited.get(0).end().complete();

        // then
        assertEquals(1, audited.size());
        assertEquals(Map.of("p", List.of(1, 3), "q", List.of(2)), outbox.settledUnits);
        assertEquals(2, outbox.settleCalls.size());
    }

    @Test
    void ordersStayInTheOutboxUntilTheirAuditEntriesAreStored() {
        // given
        place(2);

        // when
        time.advanceMillis(1);

        // then
        assertEquals(2, audited.get(0).orders().size());
        assertEquals(Map.of(), outbox.settledUnits);
    }

    @Test
    void ordersWithoutAuditEntriesStayInTheOutbox() {
        // given
        place(2);
        time.advanceMillis(1);

        // when
        audited.get(0).end().fail("no majority");
        place(1);
        time.advanceMillis(1);
        audited.get(1).end().complete();

        // then
        assertEquals(Map.of("p", List.of(3)), outbox.settledUnits);
    }

    @Test
    void theNextGroupAccumulatesDuringAWrite() {
        // given
        place(1);
        time.advanceMillis(1);

        // when
        place(1);
        time.advanceMillis(1_000);
        place(1);

        // then
        assertEquals(1, audited.size());

        // when
        audited.get(0).end().complete();
        time.advanceMillis(1);

        // then
        assertEquals(2, audited.get(1).orders().size());
    }

    @Test
    void aGroupIsLimitedAndTheRestFollows() {
        // given
        place(1_001);

        // when
        time.advanceMillis(1);
        audited.get(0).end().complete();
        time.advanceMillis(1);

        // then
        assertEquals(1_000, audited.get(0).orders().size());
        assertEquals(1, audited.get(1).orders().size());
    }

    @Test
    void ordersBeyondTheQueueLimitAreLeftToTheReconciler() {
        // given
        place(20_001);

        // when
        for (int group = 0; group * 1_000 < 20_000; group++) {
            time.advanceMillis(1);
            audited.get(group).end().complete();
        }
        time.advanceMillis(1);

        // then
        assertEquals(20_000, outbox.settledUnits.get("p").size());
        assertEquals(20, audited.size());
    }

    @Test
    void aFailedAcknowledgementIsNotRetriedHere() {
        // given
        outbox.answer = Future.failedFuture("Redis is away");
        place(1);

        // when
        time.advanceMillis(1);
        audited.get(0).end().complete();
        time.advanceMillis(60_000);

        // then
        assertEquals(List.of("p"), outbox.settleCalls);
        assertEquals(List.of(), outbox.announced);
    }

    @Test
    void anExceptionFromTheAuditLogDoesNotBlockTheNextGroup() {
        // given
        List<Integer> tried = new ArrayList<>();
        OutboxAcknowledger broken = new OutboxAcknowledger(time.vertx(), outbox, orders -> {
            tried.add(orders.size());
            throw new IllegalStateException("closed");
        });

        // when
        for (int i = 1; i <= 2; i++) {
            broken.settle(TestOrders.reserved("p", "ada", List.of(i), List.of()));
            time.advanceMillis(1);
        }

        // then
        assertEquals(List.of(1, 1), tried);
        assertEquals(Map.of(), outbox.settledUnits);
    }

    @Test
    void throttledChangesAreAnnouncedOnce() {
        // given
        outbox.answer = Future.succeededFuture(40L);
        place(1);
        time.advanceMillis(1);
        audited.get(0).end().complete();

        // when
        acknowledger.changed("p");
        time.advanceMillis(39);
        assertEquals(List.of(), outbox.announced);
        outbox.answer = Future.succeededFuture(0L);
        time.advanceMillis(1_000);

        // then
        assertEquals(List.of("p"), outbox.announced);
    }

    @Test
    void aChangeIsAnnouncedSoonAndAgainWhileAnnouncementsArePending() {
        // given
        outbox.answer = Future.succeededFuture(100L);

        // when
        acknowledger.changed("p");
        time.advanceMillis(1);
        assertEquals(List.of("p"), outbox.announced);
        outbox.answer = Future.succeededFuture(0L);
        time.advanceMillis(1_000);

        // then
        assertEquals(List.of("p", "p"), outbox.announced);
    }
}
