package io.flashsale.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is told, and in which order. */
class ProductTopicTest {
    private final ProductTopic topic = new ProductTopic("p");

    /** A client that notes what it is told, as long as it reads. */
    private static final class Client implements Listener.EventSink {
        private final List<String> lastPublished = new ArrayList<>();
        private boolean reads = true;

        @Override
        public boolean send(EventBatch batch) {
            batch.events().forEach(event -> lastPublished.add(event.kind() + " " + event.seq()));
            return reads;
        }

        @Override
        public boolean heartbeat() {
            return reads;
        }

        @Override
        public boolean gone(String productId) {
            return false;
        }

        @Override
        public void end() {}

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

    private void come(long lastSeen) {
        listener.come("p", lastSeen);
        topic.await(listener);
    }

    private void tell() {
        topic.batch().ifPresent(batch -> topic.audience().forEach(each -> each.tell(batch)));
    }

    @Test
    void theFirstWordIsHowThingsStandWhateverIsAboutToBeTold() {
        // given
        come(0);
        topic.hear(event("product:soldout", 7));

        // when: one tick comes before the look, one after it
        tell();
        topic.applySnapshot(StockEvent.snapshot("p", 1, 6, false));
        topic.begin(listener);
        topic.hear(event("stock:updated", 8));
        tell();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7", "UPDATED 8"), client.lastPublished);
    }

    @Test
    void aSellOutAndALookThatSawItAreToldOnce() {
        // given
        come(0);
        topic.applySnapshot(StockEvent.snapshot("p", 1, 6, false));
        topic.begin(listener);

        // when: the subscription was lost for a moment, so everything is looked at again
        topic.hear(event("product:soldout", 7));
        topic.hear(StockEvent.snapshot("p", 0, 7, false));
        tell();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7"), client.lastPublished);
    }

    @Test
    void whatTheLookSawAlreadyIsNotToldAgain() {
        // given
        come(0);
        topic.hear(event("purchase:completed", 5));
        topic.hear(event("product:soldout", 7));

        // when
        topic.applySnapshot(StockEvent.snapshot("p", 0, 7, false));
        topic.begin(listener);
        tell();

        // then
        assertEquals(List.of("UPDATED 7"), client.lastPublished);
    }

    @Test
    void theNewestOfEachKindIsToldInOrder() {
        // given
        topic.applySnapshot(StockEvent.snapshot("p", 9, 1, false));
        come(0);
        topic.begin(listener);

        // when
        for (long seq : new long[] {3, 5, 4}) {
            topic.hear(event("stock:updated", seq));
        }
        topic.hear(event("purchase:completed", 2));
        topic.hear(event("product:soldout", 6));
        tell();
        boolean late = topic.hear(event("purchase:completed", 4));
        tell();

        // then
        assertEquals(List.of("UPDATED 1", "COMPLETED 2", "UPDATED 5", "SOLD_OUT 6"), client.lastPublished);
        assertFalse(late, "older than what was told");
    }

    @Test
    void whoHasSeenThatVeryStateIsToldItAgainAndNothingElseTwice() {
        // given
        topic.hear(event("product:soldout", 7));
        topic.applySnapshot(StockEvent.snapshot("p", 0, 7, false));
        come(7);

        // when
        assertTrue(topic.isNewTo(listener));
        topic.begin(listener);
        tell();

        // then
        assertEquals(List.of("UPDATED 7"), client.lastPublished);
    }

    @Test
    void whoHasSeenSomethingNewerWaitsForIt() {
        // given
        topic.applySnapshot(StockEvent.snapshot("p", 5, 7, false));
        come(1_000_000_003L);

        // when
        boolean before = topic.isNewTo(listener);
        topic.applySnapshot(StockEvent.snapshot("p", 4, 1_000_000_004L, false));

        // then
        assertFalse(before);
        assertTrue(topic.isNewTo(listener));
    }

    @Test
    void whoDoesNotReadIsTold() {
        // given
        client.reads = false;
        come(0);

        // when
        topic.applySnapshot(StockEvent.snapshot("p", 5, 7, false));

        // then
        assertFalse(topic.begin(listener));
        assertFalse(listener.tell(EventBatch.of(List.of(event("stock:updated", 8)))));
    }

    @Test
    void onlyWhatClientsAreToKnowIsHandedOn() {
        // when
        StockEvent event = StockEvent.parse(
                        "{\"type\":\"stock:updated\",\n\"productId\":\"p\",\"remaining\":3,\"seq\":4,"
                                + "\"userId\":\"u\"}")
                .orElseThrow();

        // then
        assertEquals("{\"type\":\"stock:updated\",\"productId\":\"p\",\"remaining\":3,\"seq\":4}", event.json());
        assertEquals(
                "event: stock:updated\nid: 4\ndata: " + event.json() + "\n\n",
                event.stream().toString());
        assertTrue(StockEvent.parse("{\"type\":\"stock:updated\",\"productId\":\"p\",\"seq\":\"4\"}")
                .isEmpty());
    }
}
