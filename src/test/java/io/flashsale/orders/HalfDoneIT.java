package io.flashsale.orders;

import static io.flashsale.support.Polling.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.redis.Keys;
import io.flashsale.redis.Script;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verifies recovery from changes that reached MongoDB but not Redis. */
class HalfDoneIT {
    private final String database = TestStores.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private MongoClient mongo;
    private TestNode node;
    private Client admin;

    @BeforeEach
    void start() {
        node = TestNode.builder().with("FLASHSALE_MONGODB_DATABASE", database).start();
        mongo = TestStores.mongo(vertx, database);
        admin = node.admin();
    }

    @AfterEach
    void stop() {
        node.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    private void update(String product, JsonObject update) {
        TestNode.await(mongo.updateCollection("products", new JsonObject().put("_id", product), update));
    }

    /** The node died after it wrote the product and before it assigned slots to the orders. */
    @Test
    void aNewLimitCountsEarlierPurchases() throws Exception {
        // given
        String product = TestNode.product(admin, 10, 0);
        Client ada = node.user();
        ada.buy(product, "a", 2);
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("paused", true));

        // when
        update(
                product,
                new JsonObject()
                        .put("$set", new JsonObject().put("perUserLimit", 2))
                        .put("$inc", new JsonObject().put("version", 1)));
        int resumed = admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("paused", false))
                .status();
        await(() -> "2".equals(node.redis("HGET", Keys.sale(product), "limit")));

        // then
        assertEquals(200, resumed);
        assertEquals("purchase-limit-reached", ada.buy(product, "b", 1).code());
        assertEquals(201, node.user().buy(product, "c", 2).status());
    }

    /** A backup of MongoDB was restored: Redis has a later epoch than the product. */
    @Test
    void aRestoredMongoDbCatchesUpWithTheEpoch() throws Exception {
        // given: sold out
        String product = TestNode.product(admin, 1, 0);
        node.redis("HDEL", Keys.sale(product), "certifiedBy");
        await(() -> "2".equals(node.redis("HGET", Keys.sale(product), "epoch"))
                && "1".equals(node.redis("HEXISTS", Keys.sale(product), "certifiedBy")));
        node.user().buy(product, "k");
        Client bob = node.user();

        // when
        update(product, new JsonObject().put("$set", new JsonObject().put("epoch", 0L)));

        // then
        await(() -> String.valueOf(epoch(product)).equals(node.redis("HGET", Keys.sale(product), "epoch"))
                && "sold-out".equals(bob.buy(product, "k").code()));
    }

    /** The network to Redis fails after the edit is stored in MongoDB; another node continues without it. */
    @Test
    void anEditThatDidNotReachRedisIsNotReportedAsDone() throws Exception {
        // given
        String product = TestNode.product(admin, 10, 1);
        Client reader = node.user();
        String path = "/api/v1/products/update-product/" + product;
        try (TcpProxy network = new TcpProxy(TestStores.redisPort());
                TestNode cutOff = TestNode.builder()
                        .with("FLASHSALE_MONGODB_DATABASE", database)
                        .on(TestStores.sharedWithRedisAt(network.port()))
                        .with("FLASHSALE_RECONCILE_INTERVAL", "1m")
                        .start()) {
            Client there = cutOff.admin();
            network.on(new Trigger(
                    new Trigger.Mark(true, Script.load("configure-2").sha1(), false),
                    bytes -> network.set(TcpProxy.Mode.CUT)));

            // when
            Answer paused = there.put(path, new JsonObject().put("paused", true));

            // then
            assertEquals("unavailable", paused.code());
            assertEquals("1", paused.header("retry-after"));
            assertTrue(paused.json().getString("detail").startsWith("the change is stored"));
            JsonArray entries =
                    admin.get("/api/v1/admin/audit?subject=" + product).json().getJsonArray("items");
            assertEquals("product.updated", entries.getJsonObject(0).getString("action"));
            assertEquals("done", entries.getJsonObject(0).getString("outcome"));

            // when: sent again
            network.heal();
            await(() -> there.put(path, new JsonObject().put("paused", true)).status() == 200);

            // then
            assertEquals("sale-not-open", reader.buy(product, "k").code());
            assertEquals(
                    "paused", reader.get("/api/v1/product/" + product).json().getString("state"));
        }
    }

    /** A recovery is running that has read the product before the edit. */
    @Test
    void anEditDuringARecoveryIsNotReportedAsDoneBeforeTheSaleHasIt() throws Exception {
        // given: another node holds the recovery lock
        String product = TestNode.product(admin, 10, 1);
        String path = "/api/v1/products/update-product/" + product;
        node.redis("SET", Keys.recoveryLock(product), "another node", "PX", "5000");
        node.redis("HDEL", Keys.sale(product), "certifiedBy");

        // when
        Answer meanwhile = admin.put(path, new JsonObject().put("price", 1));

        // then
        assertEquals("unavailable", meanwhile.code());

        // when
        node.redis("DEL", Keys.recoveryLock(product));
        Answer again = admin.put(path, new JsonObject().put("price", 1));

        // then
        assertEquals(200, again.status(), again.body());
        assertEquals("1", node.redis("HGET", Keys.sale(product), "price"));
        assertEquals(1, node.user().buy(product, "k").json().getInteger("unitPrice"));
    }

    /** The keys of the sale have been removed and must not reappear. */
    @Test
    void deletingADeletedProductAgainRecoversNothing() throws Exception {
        // given
        String product = TestNode.product(admin, 10, 1);
        String path = "/api/v1/product/delete-product/" + product;
        assertEquals(204, admin.delete(path).status());
        await(() -> "0".equals(node.redis("EXISTS", Keys.sale(product))));

        // when
        Answer again = admin.delete(path);

        // then
        assertEquals(404, again.status());
        assertEquals("0", node.redis("EXISTS", Keys.sale(product)));
        assertEquals(1L, epoch(product));
    }

    private long epoch(String product) {
        return TestNode.await(mongo.findOne("products", new JsonObject().put("_id", product), null))
                .getLong("epoch");
    }
}
