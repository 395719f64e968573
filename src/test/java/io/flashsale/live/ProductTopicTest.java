package io.flashsale.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is told, and in which order. */
class ProductTopicTest {
    private final ProductTopic watched = new ProductTopic("p");

    /** A client that notes what it is told, as long as it reads. */
    private static final class Client implements Listener.Outlet {
        private final List<String> told = new ArrayList<>();
        private boolean reads = true;

        @Override
        public boolean send(EventBatch news) {
            news.events().forEach(event -> told.add(event.kind() + " " + event.seq()));
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
        watched.await(listener);
    }

    private void tell() {
        watched.news().ifPresent(news -> watched.audience().forEach(each -> each.tell(news)));
    }

    @Test
    void theFirstWordIsHowThingsStandWhateverIsAboutToBeTold() {
        // given
        come(0);
        watched.hear(event("product:soldout", 7));

        // when: one tick comes before the look, one after it
        tell();
        watched.look(StockEvent.snapshot("p", 1, 6, false));
        watched.begin(listener);
        watched.hear(event("stock:updated", 8));
        tell();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7", "UPDATED 8"), client.told);
    }

    @Test
    void aSellOutAndALookThatSawItAreToldOnce() {
        // given
        come(0);
        watched.look(StockEvent.snapshot("p", 1, 6, false));
        watched.begin(listener);

        // when: the subscription was lost for a moment, so everything is looked at again
        watched.hear(event("product:soldout", 7));
        watched.hear(StockEvent.snapshot("p", 0, 7, false));
        tell();

        // then
        assertEquals(List.of("UPDATED 6", "SOLD_OUT 7"), client.told);
    }

    @Test
    void whatTheLookSawAlreadyIsNotToldAgain() {
        // given
        come(0);
        watched.hear(event("purchase:completed", 5));
        watched.hear(event("product:soldout", 7));

        // when
        watched.look(StockEvent.snapshot("p", 0, 7, false));
        watched.begin(listener);
        tell();

        // then
        assertEquals(List.of("UPDATED 7"), client.told);
    }

    @Test
    void theNewestOfEachKindIsToldInOrder() {
        // given
        watched.look(StockEvent.snapshot("p", 9, 1, false));
        come(0);
        watched.begin(listener);

        // when
        for (long seq : new long[] {3, 5, 4}) {
            watched.hear(event("stock:updated", seq));
        }
        watched.hear(event("purchase:completed", 2));
        watched.hear(event("product:soldout", 6));
        tell();
        boolean late = watched.hear(event("purchase:completed", 4));
        tell();

        // then
        assertEquals(List.of("UPDATED 1", "COMPLETED 2", "UPDATED 5", "SOLD_OUT 6"), client.told);
        assertFalse(late, "older than what was told");
    }

    @Test
    void whoHasSeenThatVeryStateIsToldItAgainAndNothingElseTwice() {
        // given
        watched.hear(event("product:soldout", 7));
        watched.look(StockEvent.snapshot("p", 0, 7, false));
        come(7);

        // when
        assertTrue(watched.isNewTo(listener));
        watched.begin(listener);
        tell();

        // then
        assertEquals(List.of("UPDATED 7"), client.told);
    }

    @Test
    void whoHasSeenSomethingNewerWaitsForIt() {
        // given
        watched.look(StockEvent.snapshot("p", 5, 7, false));
        come(1_000_000_003L);

        // when
        boolean before = watched.isNewTo(listener);
        watched.look(StockEvent.snapshot("p", 4, 1_000_000_004L, false));

        // then
        assertFalse(before);
        assertTrue(watched.isNewTo(listener));
    }

    @Test
    void whoDoesNotReadIsTold() {
        // given
        client.reads = false;
        come(0);

        // when
        watched.look(StockEvent.snapshot("p", 5, 7, false));

        // then
        assertFalse(watched.begin(listener));
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
