package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.embedded.EmbeddedStores;
import io.flashsale.embedded.FaultyDisk;
import io.flashsale.reconcile.ConsistencyCheck;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.Polling;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.SmallDisk;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A disk that fills in the middle of a sale, and is freed again: the whole program heals without a restart. */
@ProvokesErrors(EmbeddedMongo.class)
class FullDiskIT {
    /** The answers to purchases, by their keys; one of 201 must stay what it is. */
    private final Map<String, Answer> placed = new LinkedHashMap<>();

    private final Map<String, Answer> reserved = new LinkedHashMap<>();

    @Test
    void bothStoresOnOneSmallDiskHeal() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(12);
                EmbeddedStores stores = EmbeddedStores.start(disk.folder());
                TestNode node = nodeOn(stores.redisUri(), stores.mongoUri())) {
            // given
            Client admin = node.admin();
            Client ada = node.user();
            String product = TestNode.product(admin, 500, 0);
            buy(ada, product, 20);
            assertEquals("up", store(node, "mongodb").getString("status"));

            // when
            disk.fill();
            until(() -> buy(ada, product, 1) != 201, "a purchase that is not confirmed");
            until(() -> "down".equals(store(node, "mongodb").getString("status")), "health that knows");

            // then
            assertTrue(store(node, "mongodb").getString("reason").contains("No space left"));
            assertReadable(node, ada);

            // when
            disk.free();

            // then
            assertHealed(node, ada, product);
        }
    }

    @Test
    void aMongoDbThatCannotWriteIsToldOfAndHeals() throws Exception {
        Path folder = TestStores.temporaryFolder();
        Path file = Files.createDirectories(folder.resolve("mongo")).resolve("orders.mv");
        FaultyDisk.State disk = FaultyDisk.of(file);
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                EmbeddedMongo mongo = FaultyDisk.startMongo(file);
                TestNode node = nodeOn(redis.uri(), mongo.uri())) {
            // given
            Client admin = node.admin();
            Client ada = node.user();
            String product = TestNode.product(admin, 500, 0);
            buy(ada, product, 10);

            // when
            disk.fill(0.5);
            until(() -> buy(ada, product, 1) == 202, "a purchase that is not confirmed");
            until(() -> "down".equals(store(node, "mongodb").getString("status")), "health that knows");

            // then
            assertEquals("up", store(node, "redis").getString("status"));
            assertEquals(
                    "MongoDB rejected the command with error 14031 OutOfDiskSpace: the data file of the"
                            + " embedded server failed: No space left on device",
                    store(node, "mongodb").getString("reason"));
            assertReadable(node, ada);

            // when
            disk.free();

            // then
            assertHealed(node, ada, product);
        } finally {
            TestStores.delete(folder);
        }
    }

    private static TestNode nodeOn(String redisUri, String mongoUri) {
        return TestNode.builder()
                .on(new Configuration.Stores(redisUri, mongoUri))
                .with("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "2s")
                .with("FLASHSALE_REDIS_COMMAND_TIMEOUT", "2s")
                .start();
    }

    /** Buys under so many new keys, and answers the last status. */
    private int buy(Client ada, String product, int times) {
        int status = 0;
        for (int i = 0; i < times; i++) {
            String key = "k" + placed.size() + "-" + reserved.size() + "-" + System.nanoTime();
            Answer answer = ada.buy(product, key);
            status = answer.status();
            assertTrue(List.of(201, 202, 503).contains(status), answer::toString);
            if (status == 201) {
                placed.put(key, answer);
            } else if (status == 202) {
                reserved.put(key, answer);
            }
        }
        return status;
    }

    private static JsonObject store(TestNode node, String name) {
        return new Client(node.managementPort(), 0).get("/health/stores").json().getJsonObject(name);
    }

    /** What needs no write goes on, and the node stays ready: else a balancer would send nobody to the shop. */
    private void assertReadable(TestNode node, Client ada) {
        assertEquals(
                200, new Client(node.managementPort(), 0).get("/health/ready").status());
        assertEquals(200, node.client().get("/api/v1/product").status());
        Answer orders = ada.get("/api/v1/user/orders");
        assertEquals(200, orders.status(), orders.body());
        assertNotEquals(0, orders.json().getJsonArray("items").size());
    }

    private void assertHealed(TestNode node, Client ada, String product) throws Exception {
        until(() -> buy(ada, product, 1) == 201, "a purchase that is confirmed again");
        for (Map<String, Answer> answered : List.of(placed, reserved)) {
            for (Map.Entry<String, Answer> purchase : answered.entrySet()) {
                Answer replay = ada.buyWithRetries(product, purchase.getKey());
                assertEquals(201, replay.status(), replay.body());
                assertEquals(purchase.getValue().body(), replay.body());
            }
        }
        node.awaitEmptyOutbox(product);
        assertEquals(
                placed.size() + reserved.size(),
                node.liveOrders(product).stream()
                        .mapToInt(order -> order.units().size())
                        .sum());
        ConsistencyCheck.Line line = node.audit(product);
        assertTrue(line.agrees(), line.toString());
        until(() -> "up".equals(store(node, "mongodb").getString("status")), "health that knows of it");
        assertEquals("up", store(node, "redis").getString("status"));
    }

    private static void until(BooleanSupplier condition, String awaited) {
        Polling.await(awaited, Duration.ofSeconds(30), Duration.ofMillis(50), condition);
    }
}
