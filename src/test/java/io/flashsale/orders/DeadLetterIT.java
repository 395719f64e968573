package io.flashsale.orders;

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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Orders that MongoDB refuses for good. What refuses them here is a unique index of somebody else's, since the embedded
 * server knows no validators.
 */
@ProvokesErrors(DeadLetterService.class)
class DeadLetterIT {
    private static final String IN_THE_WAY = "somebody_elses";

    private final String database = TestStores.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private MongoClient mongo;
    private TestNode node;
    private Client admin;
    private String product;
    private Client refused;
    private Answer reserved;

    /** One order is placed; a second one, of the same quantity, is refused. */
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
                new IndexOptions().name(IN_THE_WAY).unique(true)));
        refused = node.user();
        reserved = refused.buy(product, "k");
    }

    @AfterEach
    void stop() {
        node.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    private void clearTheWay() {
        TestNode.await(mongo.dropIndex("orders", IN_THE_WAY));
    }

    private JsonArray deadLetters() {
        return admin.get("/api/v1/admin/dead-letters").json().getJsonArray("items");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertTrue(condition.getAsBoolean());
    }

    private JsonObject awaitLetter() throws InterruptedException {
        await(() -> deadLetters().size() == 1
                && node.redis("HLEN", Keys.orders(product)).equals("0"));
        return deadLetters().getJsonObject(0);
    }

    private String statusOfTheOrder() {
        return refused.get(reserved.header("location")).json().getString("status");
    }

    @Test
    void areListedWithTheirReasonAndKeepTheirUnits() throws Exception {
        // when
        JsonObject deadLetter = awaitLetter();

        // then
        assertEquals(202, reserved.status(), reserved.body());
        assertEquals(reserved.json().getString("orderId"), deadLetter.getString("orderId"));
        assertEquals(reserved.json().getJsonArray("units"), deadLetter.getJsonArray("units"));
        assertEquals("error 11000: a unique index that no order explains", deadLetter.getString("reason"));
        assertEquals(5, deadLetter.getInteger("tries"));
        assertEquals("reserved", statusOfTheOrder());
        await(() -> metrics().contains("flashsale_dead_letters 1.0\n"));
        assertTrue(metrics().contains("flashsale_repairs_total{kind=\"put_aside\"} 1.0"));
        Thread.sleep(1_000);
        assertEquals("3", node.redis("GET", Keys.stock(product)), "no look took the unit for a lost one");
        assertEquals(202, refused.buy(product, "k").status());
        assertEquals(1, deadLetters().size());
    }

    private String metrics() {
        return new Client(node.managementPort(), 0).get("/metrics").body();
    }

    @Test
    void areWrittenOnceNothingIsInTheWay() throws Exception {
        // given
        String id = awaitLetter().getString("id");

        // when
        Answer tooEarly = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");
        clearTheWay();
        Answer retried = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");
        Answer again = admin.post("/api/v1/admin/dead-letters/" + id + "/retry");

        // then
        assertEquals("refused", tooEarly.json().getString("outcome"), tooEarly.body());
        assertTrue(tooEarly.json().getString("reason").startsWith("error 11000"));
        assertEquals("placed", retried.json().getString("outcome"), retried.body());
        assertEquals("not-found", again.code());
        assertEquals("placed", statusOfTheOrder());
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
    void giveTheirUnitsBackWhenDiscarded() throws Exception {
        // given
        String id = awaitLetter().getString("id");

        // when
        Answer discarded = admin.post("/api/v1/admin/dead-letters/" + id + "/discard");
        Answer again = admin.post("/api/v1/admin/dead-letters/" + id + "/discard");

        // then
        assertEquals(204, discarded.status());
        assertEquals("not-found", again.code());
        assertEquals("failed", statusOfTheOrder());
        assertEquals("4", node.redis("GET", Keys.stock(product)));
        assertEquals(List.of("dead-letter.discarded done", "dead-letter.put-aside done"), audited(id));
        clearTheWay();
        assertEquals(201, refused.buy(product, "k").status(), "the key is free, and so is the buyer");
        assertEquals("placed", statusOfTheOrder());
        assertEquals(2, node.liveOrders(product).size());
    }

    @Test
    void surviveARecoveryOfTheirSale() throws Exception {
        // given
        String id = awaitLetter().getString("id");

        // when
        node.redis("DEL", Keys.sale(product), Keys.holder(product), Keys.stock(product), Keys.free(product));
        await(() -> "3".equals(node.redis("GET", Keys.stock(product))));

        // then
        String unit = String.valueOf(reserved.json().getJsonArray("units").getInteger(0));
        assertEquals(id, node.redis("HGET", Keys.holder(product), unit));
        clearTheWay();
        assertEquals(
                "placed",
                admin.post("/api/v1/admin/dead-letters/" + id + "/retry").json().getString("outcome"));
    }

    /** Its buyer asked again when nothing was in the way any more: the order counts, and the letter does not. */
    @Test
    void areGoneWhenTheirOrderIsWrittenAfterAll() throws Exception {
        // given
        awaitLetter();
        clearTheWay();

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
        assertEquals(201, refused.buy(product, "other").status(), "the recovery gave nothing to a cancelled order");
    }

    @Test
    void areNotDiscardedWhileTheirSaleIsRecovered() throws Exception {
        // given: a recovery that has restored the order, and is not over yet
        String id = awaitLetter().getString("id");
        node.redis("SET", Keys.recoveryLock(product), "somebody else", "PX", "30000");
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

    /** A recovery had read the letter before it was discarded, and restored the order after that. */
    @Test
    void comeBackWholeAlsoAfterARecoveryRestoredThem() throws Exception {
        // given
        String id = awaitLetter().getString("id");
        TestNode.await(mongo.updateCollection(
                "orders_dead",
                new JsonObject().put("_id", id),
                new JsonObject().put("$set", new JsonObject().put("discarded", true))));

        // when
        await(() -> "4".equals(node.redis("GET", Keys.stock(product))));

        // then
        clearTheWay();
        assertEquals(201, refused.buy(product, "other").status(), "the buyer's slots are free");
        assertEquals("purchase-limit-reached", refused.buy(product, "k").code(), "and so is the key");
    }

    /** Else one order that is refused for good would keep its whole sale closed. */
    @Test
    void areMadeByARecoveryThatFindsThemInTheOutbox() throws Exception {
        // when
        node.redis("HDEL", Keys.sale(product), "certifiedBy");

        // then
        JsonObject deadLetter = awaitLetter();
        assertEquals(reserved.json().getString("orderId"), deadLetter.getString("orderId"));
        await(() -> "3".equals(node.redis("GET", Keys.stock(product))));
        clearTheWay();
        Client other = node.user();
        await(() -> other.buy(product, "k").status() == 201);
    }

    @Test
    void areTheAdminsAlone() {
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
