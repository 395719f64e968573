package io.flashsale.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests which events a client gets, and in which order. */
class ProductTopicTest {
    private final ProductTopic topic = new ProductTopic("p");

    /** A client that records the events it gets, and may stop reading. */
    private static final class Client implements Listener.EventSink {
        private final List<String> received = new ArrayList<>();
        private boolean reads = true;

        @Override
        public boolean send(EventBatch batch) {
            batch.events().forEach(event -> received.add(event.kind() + " " + event.seq()));
            return reads;
        }

        @Override
        public boolean heartbeat() {
            return reads;
        }

        @Override
        public boolean onProductDeleted(String productId) {
            return false;
        }

        @Override
        public void close() {}

        @Override
        public void drop() {}
    }

    private final Client client = new Client();
    private final Listener listener = new Listener(client);

    private static StockEvent event(String type, long seq) {
        return StockEvent.parse("{\"type\":\"" + type
                        + "\",\"productId\":\"p\",\"remaining\":3,\"quantity\":1,\"at\":\"\"," + "\"seq\":" + seq + "}")
                .orElseThrow();
    }

    private void subscribe(long lastSeen) {
        listener.subscribe("p", lastSeen);
        topic.addPending(listener);
    }

    private void publish() {
        topic.batch().ifPresent(batch -> topic.subscribers().forEach(each -> each.send(batch)));
    }

    @Test
    void theSnapshotComesFirstThoughEventsArePending() {
        // given
        subscribe(0);
        topic.record(event("product:soldout", 7));

        // when: one batch is published before the snapshot and one after it
        publish();
        topic.applySnapshot(StockEvent.snapshot("p", 1, 6, false));
        topic.activate(listener);
        topic.record(event("stock:updated", 8));
        publish();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7", "UPDATED 8"), client.received);
    }

    @Test
    void aSellOutAndASnapshotOfTheSameSeqAreSentOnce() {
        // given
        subscribe(0);
        topic.applySnapshot(StockEvent.snapshot("p", 1, 6, false));
        topic.activate(listener);

        // when: the subscription was interrupted, so the snapshot is read again
        topic.record(event("product:soldout", 7));
        topic.record(StockEvent.snapshot("p", 0, 7, false));
        publish();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7"), client.received);
    }

    @Test
    void eventsThatTheSnapshotIncludesAreNotSent() {
        // given
        subscribe(0);
        topic.record(event("purchase:completed", 5));
        topic.record(event("product:soldout", 7));

        // when
        topic.applySnapshot(StockEvent.snapshot("p", 0, 7, false));
        topic.activate(listener);
        publish();

        // then
        assertEquals(List.of("UPDATED 7"), client.received);
    }

    @Test
    void theNewestEventOfEachKindIsSentInOrder() {
        // given
        topic.applySnapshot(StockEvent.snapshot("p", 9, 1, false));
        subscribe(0);
        topic.activate(listener);

        // when
        for (long seq : new long[] {3, 5, 4}) {
            topic.record(event("stock:updated", seq));
        }
        topic.record(event("purchase:completed", 2));
        topic.record(event("product:soldout", 6));
        publish();
        boolean late = topic.record(event("purchase:completed", 4));
        publish();

        // then
        assertEquals(List.of("UPDATED 1", "COMPLETED 2", "UPDATED 5", "SOLD_OUT 6"), client.received);
        assertFalse(late, "older than the last published event");
    }

    @Test
    void aClientThatHasSeenTheSnapshotGetsItAgainAndNothingElseTwice() {
        // given
        topic.record(event("product:soldout", 7));
        topic.applySnapshot(StockEvent.snapshot("p", 0, 7, false));
        subscribe(7);

        // when
        assertTrue(topic.isSnapshotCurrentFor(listener));
        topic.activate(listener);
        publish();

        // then
        assertEquals(List.of("UPDATED 7"), client.received);
    }

    @Test
    void aClientThatHasSeenANewerEventWaitsForANewerSnapshot() {
        // given
        topic.applySnapshot(StockEvent.snapshot("p", 5, 7, false));
        subscribe(1_000_000_003L);

        // when
        boolean currentBefore = topic.isSnapshotCurrentFor(listener);
        topic.applySnapshot(StockEvent.snapshot("p", 4, 1_000_000_004L, false));

        // then
        assertFalse(currentBefore);
        assertTrue(topic.isSnapshotCurrentFor(listener));
    }

    @Test
    void aClientThatDoesNotReadIsReported() {
        // given
        client.reads = false;
        subscribe(0);

        // when
        topic.applySnapshot(StockEvent.snapshot("p", 5, 7, false));

        // then
        assertFalse(topic.activate(listener));
        assertFalse(listener.send(EventBatch.of(List.of(event("stock:updated", 8)))));
    }

    @Test
    void onlyTheFieldsMeantForClientsAreForwarded() {
        // when
        StockEvent event = StockEvent.parse(
                        "{\"type\":\"stock:updated\",\n\"productId\":\"p\",\"remaining\":3,\"seq\":4,"
                                + "\"userId\":\"u\"}")
                .orElseThrow();

        // then
        assertEquals("{\"type\":\"stock:updated\",\"productId\":\"p\",\"remaining\":3,\"seq\":4}", event.json());
        assertEquals(
                "event: stock:updated\nid: 4\ndata: " + event.json() + "\n\n",
                event.sseFrame().toString());
        assertTrue(StockEvent.parse("{\"type\":\"stock:updated\",\"productId\":\"p\",\"seq\":\"4\"}")
                .isEmpty());
    }
}
