package io.flashsale.orders;

import static io.flashsale.support.Polling.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.IndexOptions;
import io.vertx.ext.mongo.MongoClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Verifies the handling of orders that MongoDB rejects permanently. Here an additional unique index rejects them,
 * because the embedded server does not support validators.
 */
@ProvokesErrors(DeadLetterService.class)
class DeadLetterIT {
    private static final String BLOCKING_INDEX = "blocking";

    private final String database = TestStores.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private MongoClient mongo;
    private TestNode node;
    private Client admin;
    private String product;
    private Client refused;
    private Answer reserved;

    /** One order is placed; a second order of the same quantity is rejected. */
    @BeforeEach
    void start() {
        node = TestNode.builder()
                .with("FLASHSALE_MONGODB_DATABASE", database)
                .with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "2")
                .start();
        mongo = TestStores.mongo(vertx, database);
        admin = node.admin();
        product = TestNode.product(admin, 5, 1);
        node.user().buy(product, "k");
        TestNode.await(mongo.createIndexWithOptions(
                "orders",
                new JsonObject().put("quantity", 1),
                new IndexOptions().name(BLOCKING_INDEX).unique(true)));
        refused = node.user();
        reserved = refused.buy(product, "k");
    }

    @AfterEach
    void stop() {
        node.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    private void dropBlockingIndex() {
        TestNode.await(mongo.dropIndex("orders", BLOCKING_INDEX));
    }

    private JsonArray deadLetters() {
        return admin.get("/api/v1/admin/dead-letters").json().getJsonArray("items");
    }

    private JsonObject awaitDeadLetter() throws InterruptedException {
        await(() -> deadLetters().size() == 1
                && node.redis("HLEN", Keys.orders(product)).equals("0"));
        return deadLetters().getJsonObject(0);
    }

    private String orderStatus() {
        return refused.get(reserved.header("location")).json().getString("status");
    }

    @Test
    void areListedWithTheirReasonAndKeepTheirUnits() throws Exception {
        // when
        JsonObject deadLetter = awaitDeadLetter();

        // then
        assertEquals(202, reserved.status(), reserved.body());
        assertEquals(reserved.json().getString("orderId"), deadLetter.getString("orderId"));
        assertEquals(reserved.json().getJsonArray("units"), deadLetter.getJsonArray("units"));
        assertEquals(
                "error 11000: duplicate key in a unique index, but no order holds it", deadLetter.getString("reason"));
        assertEquals(5, deadLetter.getInteger("tries"));
        assertEquals("reserved", orderStatus());
        await(() -> metrics().contains("flashsale_dead_letters 1.0\n"));
        assertTrue(metrics().contains("flashsale_repairs_total{kind=\"put_aside\"} 1.0"));
        Thread.sleep(1_000);
        assertEquals("3", node.redis("GET", Keys.stock(product)), "no scan released the unit");
        assertEquals(202, refused.buy(product, "k").status());
        assertEquals(1, deadLetters().size());
    }

    private String metrics() {
        return new Client(node.managementPort(), 0).get("/metrics").body();
    }

    @Test
    void arePersistedAfterTheCauseIsRemoved() throws Exception {
        // given
        String id = awaitDeadLetter().getString("id");

        // when
        Answer tooEarly = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");
        dropBlockingIndex();
        Answer retried = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");
        Answer again = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");

        // then
        assertEquals("refused", tooEarly.json().getString("outcome"), tooEarly.body());
        assertTrue(tooEarly.json().getString("reason").startsWith("error 11000"));
        assertEquals("placed", retried.json().getString("outcome"), retried.body());
        assertEquals("not-found", again.code());
        assertEquals("placed", orderStatus());
        assertEquals(0, deadLetters().size());
        Answer replayed = refused.buy(product, "k");
        assertEquals(201, replayed.status());
        assertEquals(reserved.body(), replayed.body());
        assertEquals(
                List.of(
                        "dead-letter.retried done",
                        "order.placed done",
                        "dead-letter.retried refused",
                        "dead-letter.put-aside done"),
                audited(id));
    }

    private List<String> audited(String orderId) {
        return admin.get("/api/v1/admin/audit?subject=" + orderId).json().getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .map(entry -> entry.getString("action") + " " + entry.getString("outcome"))
                .toList();
    }

    @Test
    void returnTheirUnitsWhenDiscarded() throws Exception {
        // given
        String id = awaitDeadLetter().getString("id");

        // when
        Answer discarded = admin.post("/api/v1/admin/dead-letters/" + id + "/discard");
        Answer again = admin.post("/api/v1/admin/dead-letters/" + id + "/discard");

        // then
        assertEquals(204, discarded.status());
        assertEquals("not-found", again.code());
        assertEquals("failed", orderStatus());
        assertEquals("4", node.redis("GET", Keys.stock(product)));
        assertEquals(List.of("dead-letter.discarded done", "dead-letter.put-aside done"), audited(id));
        dropBlockingIndex();
        assertEquals(201, refused.buy(product, "k").status(), "the key and the slots are free");
        assertEquals("placed", orderStatus());
        assertEquals(2, node.liveOrders(product).size());
    }

    @Test
    void surviveARecoveryOfTheirSale() throws Exception {
        // given
        String id = awaitDeadLetter().getString("id");

        // when
        node.redis("DEL", Keys.sale(product), Keys.holder(product), Keys.stock(product), Keys.free(product));
        await(() -> "3".equals(node.redis("GET", Keys.stock(product))));

        // then
        String unit = String.valueOf(reserved.json().getJsonArray("units").getInteger(0));
        assertEquals(id, node.redis("HGET", Keys.holder(product), unit));
        dropBlockingIndex();
        assertEquals(
                "placed",
                admin.post("/api/v1/admin/dead-letters/" + id + "/retry").json().getString("outcome"));
    }

    /** The buyer retried after the cause was removed: the order is placed and the dead letter removed. */
    @Test
    void areRemovedWhenTheirOrderIsPersistedAfterAll() throws Exception {
        // given
        awaitDeadLetter();
        dropBlockingIndex();

        // when
        Answer retried = refused.buy(product, "k");
        await(() -> deadLetters().isEmpty());
        Answer cancelled = refused.post("/api/v1/user/orders/" + retried.json().getString("orderId") + "/cancel");
        node.redis("HDEL", Keys.sale(product), "certifiedBy");
        await(() -> "4".equals(node.redis("GET", Keys.stock(product)))
                && "1".equals(node.redis("HEXISTS", Keys.sale(product), "certifiedBy")));

        // then
        assertEquals(201, retried.status());
        assertEquals(200, cancelled.status());
        assertEquals(201, refused.buy(product, "other").status(), "the recovery assigned nothing to a cancelled order");
    }

    @Test
    void areNotDiscardedWhileTheirSaleIsRecovered() throws Exception {
        // given: a running recovery that has restored the order
        String id = awaitDeadLetter().getString("id");
        node.redis("SET", Keys.recoveryLock(product), "another node", "PX", "30000");
        node.redis("HSET", Keys.sale(product), "recovering", "token");

        // when
        Answer discarded = admin.post("/api/v1/admin/dead-letters/" + id + "/discard");

        // then
        assertEquals("unavailable", discarded.code(), discarded.body());
        assertEquals(1, deadLetters().size());
        node.redis("DEL", Keys.recoveryLock(product));
        await(() -> deadLetters().isEmpty()
                || admin.post("/api/v1/admin/dead-letters/" + id + "/discard").status() == 204);
        assertEquals("4", node.redis("GET", Keys.stock(product)));
    }

    /** A recovery read the dead letter before it was discarded and restored the order afterwards. */
    @Test
    void areReleasedCompletelyAfterARecoveryRestoredThem() throws Exception {
        // given
        String id = awaitDeadLetter().getString("id");
        TestNode.await(mongo.updateCollection(
                "orders_dead",
                new JsonObject().put("_id", id),
                new JsonObject().put("$set", new JsonObject().put("discarded", true))));

        // when
        await(() -> "4".equals(node.redis("GET", Keys.stock(product))));

        // then
        dropBlockingIndex();
        assertEquals(201, refused.buy(product, "other").status(), "the buyer's slots are free");
        assertEquals("purchase-limit-reached", refused.buy(product, "k").code(), "and so is the key");
    }

    /** Otherwise one permanently rejected order would keep the whole sale closed. */
    @Test
    void areCreatedByARecoveryFromTheOutbox() throws Exception {
        // when
        node.redis("HDEL", Keys.sale(product), "certifiedBy");

        // then
        JsonObject deadLetter = awaitDeadLetter();
        assertEquals(reserved.json().getString("orderId"), deadLetter.getString("orderId"));
        await(() -> "3".equals(node.redis("GET", Keys.stock(product))));
        dropBlockingIndex();
        Client other = node.user();
        await(() -> other.buy(product, "k").status() == 201);
    }

    @Test
    void areOnlyForAdmins() {
        for (Client client : new Client[] {node.client(), refused}) {
            String expected = client == refused ? "forbidden" : "not-authenticated";
            assertEquals(expected, client.get("/api/v1/admin/dead-letters").code());
            assertEquals(
                    expected, client.post("/api/v1/admin/dead-letters/x/retry").code());
            assertEquals(
                    expected,
                    client.post("/api/v1/admin/dead-letters/x/discard").code());
        }
        assertEquals(
                "not-found", admin.post("/api/v1/admin/dead-letters/x/discard").code());
    }
}
