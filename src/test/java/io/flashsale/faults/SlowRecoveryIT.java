package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.checker.StoreSnapshot;
import io.flashsale.faults.cluster.SingleNodeCluster;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Verifies that a slow MongoDB only delays repairs. */
class SlowRecoveryIT {
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        TestNode.await(vertx.close());
    }

    /** Configures short time-outs for buyers and long ones for MongoDB. */
    private static TestNode.Builder withLongTimeouts() {
        return TestNode.builder()
                .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "500ms")
                .with("FLASHSALE_PERSISTENCE_STALL", "500ms")
                .with("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "30s");
    }

    private static Object field(SingleNodeCluster cluster, String name) {
        return cluster.redis()
                .send("HGET", "product:sale:{" + cluster.products().get(0).id() + "}", name);
    }

    private static boolean await(int seconds, BooleanSupplier condition) {
        for (int i = 0; i < seconds * 20 && !condition.getAsBoolean(); i++) {
            Processes.pause(50);
        }
        return condition.getAsBoolean();
    }

    /** Makes each buyer buy continuously, ignoring failures. */
    private static List<Thread> shop(List<Client> buyers, String product, AtomicBoolean over, int pauseMillis) {
        List<Thread> threads = new ArrayList<>();
        for (Client buyer : buyers) {
            Thread thread = new Thread(
                    () -> {
                        for (int i = 0; !over.get(); i++) {
                            buyer.buyLater(product, "key-" + i)
                                    .exceptionally(lost -> null)
                                    .join();
                            Processes.pause(pauseMillis);
                        }
                    },
                    "shopper");
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private static void end(List<Thread> threads, AtomicBoolean over) {
        over.set(true);
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Buyers who noticed the loss request a recovery, some only after it has ended. */
    @Test
    void aRecoveredSaleStaysOpen() {
        try (SingleNodeCluster cluster =
                new SingleNodeCluster(vertx, withLongTimeouts().with("FLASHSALE_RECONCILE_INTERVAL", "1s"), 1)) {
            // given
            cluster.sell(100_000, 0);
            List<Client> buyers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                buyers.add(cluster.node().user());
            }
            cluster.slowMongo(250);
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> shoppers = shop(buyers, cluster.products().get(0).id(), over, 5);
            Processes.pause(1_000);

            // when
            cluster.redis()
                    .send("HDEL", "product:sale:{" + cluster.products().get(0).id() + "}", "certifiedBy");
            boolean open = await(60, () -> field(cluster, "certifiedBy") != null);
            Object epoch = field(cluster, "epoch");
            boolean closedAgain = await(6, () -> field(cluster, "certifiedBy") == null);
            end(shoppers, over);
            cluster.slowMongo(0);

            // then
            assertTrue(open);
            assertFalse(closedAgain);
            assertEquals(epoch, field(cluster, "epoch"));
        }
    }

    /** A recovery that outlasts its lease is left to the node that runs it. */
    @Test
    void aLongRecoveryIsNotTakenOver() {
        try (SingleNodeCluster cluster =
                        new SingleNodeCluster(vertx, withLongTimeouts().with("FLASHSALE_RECONCILE_INTERVAL", "1s"), 1);
                TestNode other = cluster.anotherNode()) {
            // given
            cluster.sell(10, 0);
            List<Client> buyers = List.of(cluster.node().user(), other.user());
            long epoch = Long.parseLong(field(cluster, "epoch").toString());
            cluster.slowMongo(1_200);
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> shoppers = shop(buyers, cluster.products().get(0).id(), over, 300);

            // when
            cluster.redis()
                    .send("HDEL", "product:sale:{" + cluster.products().get(0).id() + "}", "certifiedBy");
            boolean open = await(60, () -> field(cluster, "certifiedBy") != null);
            Object reached = field(cluster, "epoch");
            end(shoppers, over);
            cluster.slowMongo(0);

            // then
            assertTrue(open, "epoch " + reached);
            assertEquals(String.valueOf(epoch + 1), reached.toString());
        }
    }

    /** The admin gets "unavailable" although the units are, or will be, taken off sale. */
    @Test
    void unitsOfAFailedEditReturnToTheSale() {
        try (SingleNodeCluster cluster =
                new SingleNodeCluster(vertx, withLongTimeouts().with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "2"), 1)) {
            // given
            cluster.sell(10, 0);
            ProductOnSale product = cluster.products().get(0);
            Client admin = cluster.node().admin();
            String path = "/api/v1/products/update-product/" + product.id();
            JsonObject lower = new JsonObject().put("stock", 8);

            // when
            cluster.slowMongo(1_100);
            Answer failed = admin.put(path, lower);
            cluster.slowMongo(0);
            boolean undone = await(60, () -> {
                StoreSnapshot snapshot = StoreSnapshot.read(vertx, cluster.stores(), product.id());
                return snapshot.outbox().isEmpty()
                        && snapshot.orders().stream().noneMatch(StoreSnapshot.Order::live)
                        && !snapshot.orders().isEmpty();
            });
            Long sellable =
                    StoreSnapshot.read(vertx, cluster.stores(), product.id()).stock();
            Answer again = admin.put(path, lower);

            // then
            assertEquals(503, failed.status(), failed.body());
            assertTrue(
                    undone,
                    () -> StoreSnapshot.read(vertx, cluster.stores(), product.id())
                            .toString());
            assertEquals(10, sellable);
            assertEquals(200, again.status(), again.body());
            Processes.pause(1_000);
            StoreSnapshot snapshot = StoreSnapshot.read(vertx, cluster.stores(), product.id());
            assertEquals(8, snapshot.stock(), "a confirmed edit is not undone");
            assertEquals(List.of(), snapshot.discrepancies());
            assertNotNull(field(cluster, "certifiedBy"));
        }
    }
}
