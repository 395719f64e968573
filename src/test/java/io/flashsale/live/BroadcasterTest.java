package io.flashsale.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How thousands are told. */
class BroadcasterTest {
    private static final int CLIENTS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final ProductTopic topic = new ProductTopic("p");
    private final Broadcaster telling = new Broadcaster(vertx, topic, listener -> {});
    private final List<Client> clients = new ArrayList<>();
    private final CountDownLatch soldOut = new CountDownLatch(CLIENTS + 1);
    private boolean interrupted;
    private Client late;

    /** A client that notes what comes in one write. */
    private final class Client implements Listener.EventSink {
        private final List<List<StockEvent.Kind>> writes = new ArrayList<>();

        @Override
        public boolean send(EventBatch batch) {
            List<StockEvent.Kind> kinds =
                    batch.events().stream().map(StockEvent::kind).toList();
            writes.add(kinds);
            if (kinds.contains(StockEvent.Kind.COMPLETED) && !interrupted) {
                interrupted = true;
                loop.runOnContext(now -> {
                    late = new Client();
                    come(late);
                    hear("product:soldout", 9);
                });
            }
            if (kinds.contains(StockEvent.Kind.SOLD_OUT)) {
                soldOut.countDown();
            }
            return true;
        }

        @Override
        public boolean heartbeat() {
            return true;
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

    @BeforeEach
    void enter() {
        topic.applySnapshot(StockEvent.snapshot("p", 1, 1, false));
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client();
            clients.add(client);
            come(client);
        }
    }

    private void come(Client client) {
        Listener listener = new Listener(client);
        listener.come("p", 0);
        topic.begin(listener);
        client.writes.clear();
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    private void hear(String type, long seq) {
        StockEvent event = StockEvent.parse("{\"type\":\"" + type
                        + "\",\"productId\":\"p\",\"quantity\":1,\"at\":\"\",\"seq\":" + seq + "}")
                .orElseThrow();
        if (topic.hear(event)) {
            telling.heard(event);
        }
    }

    @Test
    void aSellOutDoesNotWaitUntilEverybodyWasToldTheRest() throws InterruptedException {
        // when: it comes while the first of them are told of a purchase
        loop.runOnContext(now -> hear("purchase:completed", 8));
        boolean all = soldOut.await(10, TimeUnit.SECONDS);

        // then
        assertTrue(all);
        List<StockEvent.Kind> both = List.of(StockEvent.Kind.COMPLETED, StockEvent.Kind.SOLD_OUT);
        for (Client client : clients) {
            assertEquals(both, client.writes.stream().flatMap(List::stream).toList(), "everything once and in order");
        }
        assertEquals(
                List.of(StockEvent.Kind.SOLD_OUT),
                late.writes.stream().flatMap(List::stream).toList(),
                "who came in the middle");
        long atOnce =
                clients.stream().filter(client -> client.writes.size() == 1).count();
        assertTrue(atOnce >= CLIENTS / 2 && atOnce < CLIENTS, atOnce + " were told both at once");
    }
}
