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

/** Tests broadcasts to many subscribers. */
class BroadcasterTest {
    private static final int CLIENTS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final ProductTopic topic = new ProductTopic("p");
    private final Broadcaster broadcaster = new Broadcaster(vertx, topic, listener -> {});
    private final List<Client> clients = new ArrayList<>();
    private final CountDownLatch soldOut = new CountDownLatch(CLIENTS + 1);
    private boolean interrupted;
    private Client late;

    /** A client that records the events of each write. */
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
                    subscribe(late);
                    publish("product:soldout", 9);
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
        public boolean onProductDeleted(String productId) {
            return false;
        }

        @Override
        public void close() {}

        @Override
        public void drop() {}
    }

    @BeforeEach
    void subscribeAll() {
        topic.applySnapshot(StockEvent.snapshot("p", 1, 1, false));
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client();
            clients.add(client);
            subscribe(client);
        }
    }

    private void subscribe(Client client) {
        Listener listener = new Listener(client);
        listener.subscribe("p", 0);
        topic.activate(listener);
        client.writes.clear();
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    private void publish(String type, long seq) {
        StockEvent event = StockEvent.parse("{\"type\":\"" + type
                        + "\",\"productId\":\"p\",\"quantity\":1,\"at\":\"\",\"seq\":" + seq + "}")
                .orElseThrow();
        if (topic.record(event)) {
            broadcaster.onEvent(event);
        }
    }

    @Test
    void aSellOutDoesNotWaitForARunningBroadcast() throws InterruptedException {
        // when: the sell-out comes while a purchase is being broadcast
        loop.runOnContext(now -> publish("purchase:completed", 8));
        boolean all = soldOut.await(10, TimeUnit.SECONDS);

        // then
        assertTrue(all);
        List<StockEvent.Kind> both = List.of(StockEvent.Kind.COMPLETED, StockEvent.Kind.SOLD_OUT);
        for (Client client : clients) {
            assertEquals(both, client.writes.stream().flatMap(List::stream).toList(), "every event once and in order");
        }
        assertEquals(
                List.of(StockEvent.Kind.SOLD_OUT),
                late.writes.stream().flatMap(List::stream).toList(),
                "the client that subscribed during the broadcast");
        long atOnce =
                clients.stream().filter(client -> client.writes.size() == 1).count();
        assertTrue(atOnce >= CLIENTS / 2 && atOnce < CLIENTS, atOnce + " got both events in one write");
    }
}
