package io.flashsale.persistence.audit;

import static io.flashsale.support.Polling.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that every event is in the audit log exactly once. */
class AuditIT {
    private static final String PASSWORD = "another horse battery";

    private static Vertx vertx;
    private static MongoClient mongo;
    private static TestNode node;
    private static Client admin;
    private static String adminId;

    @BeforeAll
    static void start() {
        String database = TestStores.freshDatabase();
        vertx = Vertx.vertx();
        mongo = TestStores.mongo(vertx, database);
        node = TestNode.builder()
                .with("FLASHSALE_MONGODB_DATABASE", database)
                .with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "2")
                .start();
        admin = node.admin();
        adminId = idOf(admin);
    }

    @AfterAll
    static void stop() {
        node.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    private static String idOf(Client client) {
        return client.get("/api/v1/user/profile").json().getString("userId");
    }

    private static List<JsonObject> entries(String query) {
        Answer answer = admin.get("/api/v1/admin/audit?limit=100&" + query);
        assertEquals(200, answer.status(), answer.body());
        return answer.json().getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private static List<String> actions(String query) {
        return entries(query).stream().map(entry -> entry.getString("action")).toList();
    }

    private static void awaitActions(String query, List<String> newestFirst) {
        Polling.await(
                "actions " + newestFirst,
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                () -> actions(query).equals(newestFirst));
    }

    private static String buy(Client buyer, String product) {
        Answer bought = buyer.buy(product, "k");
        assertEquals(201, bought.status(), bought.body());
        return bought.json().getString("orderId");
    }

    @Test
    void anOrderIsRecordedOnceDespiteRetries() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Instant before = Instant.now().minus(Duration.ofSeconds(1));

        // when
        List<CompletableFuture<Answer>> calls =
                IntStream.range(0, 30).mapToObj(i -> ada.buyLater(product, "k")).toList();
        String order = calls.get(0).join().json().getString("orderId");
        calls.forEach(CompletableFuture::join);
        awaitActions("subject=" + order, List.of("order.placed"));

        // then
        JsonObject entry = entries("subject=" + order).get(0);
        assertEquals(order + ":placed", entry.getString("id"));
        assertEquals(idOf(ada), entry.getString("actor"));
        assertEquals("done", entry.getString("outcome"));
        assertEquals(new JsonObject().put("productId", product).put("quantity", 1), entry.getJsonObject("details"));
        assertTrue(Instant.parse(entry.getString("at")).isAfter(before));
    }

    @Test
    void aHundredCancellationsAreRecordedOnce() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        String order = buy(ada, product);

        // when
        List<CompletableFuture<Answer>> calls = IntStream.range(0, 100)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> ada.withCookie(ada.cookie()).post("/api/v1/user/orders/" + order + "/cancel")))
                .toList();
        calls.forEach(call -> assertEquals(200, call.join().status()));

        // then
        awaitActions("subject=" + order, List.of("order.cancelled", "order.placed"));
        assertEquals(order + ":cancelled", entries("subject=" + order).get(0).getString("id"));
        assertEquals("5", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void refusalsAreNotRecorded() throws Exception {
        // given
        String product = TestNode.product(admin, 1, 1);
        String order = buy(node.user(), product);
        Client late = node.user();

        // when
        for (int i = 0; i < 20; i++) {
            assertEquals("sold-out", late.buy(product, "k" + i).code());
        }

        // then
        awaitActions("subject=" + order, List.of("order.placed"));
        awaitActions("actor=" + idOf(late), List.of("session.opened", "account.registered"));
    }

    @Test
    void aRecoveryAddsTheEntriesThatWereLostWithRedis() throws Exception {
        // given: as after a node crash before it wrote the entries
        String product = TestNode.product(admin, 5, 1);
        Client bob = node.user();
        String placed = buy(node.user(), product);
        String cancelled = buy(bob, product);
        bob.post("/api/v1/user/orders/" + cancelled + "/cancel");
        awaitActions("subject=" + placed, List.of("order.placed"));
        TestNode.await(mongo.removeDocuments("audit", new JsonObject().put("subject", placed)));
        TestNode.await(mongo.removeDocuments("audit", new JsonObject().put("subject", cancelled)));

        // when
        node.redis("DEL", Keys.sale(product), Keys.stock(product), Keys.holder(product), Keys.orders(product));

        // then
        awaitActions("subject=" + placed, List.of("order.placed"));
        awaitActions("subject=" + cancelled, List.of("order.cancelled", "order.placed"));
        await(() -> actions("action=sale.recovered&subject=" + product).size() == 1);
        JsonObject recovered =
                entries("action=sale.recovered&subject=" + product).get(0);
        assertEquals("system", recovered.getString("actor"));
        assertEquals(new JsonObject().put("epoch", 2), recovered.getJsonObject("details"));
        assertEquals(product + ":recovered:2", recovered.getString("id"));
    }

    @Test
    void aRepairedUnitIsRecorded() throws Exception {
        // given: Redis loses the holder of a unit and offers the unit again
        String product = TestNode.product(admin, 5, 1);
        buy(node.user(), product);
        node.awaitEmptyOutbox(product);
        node.redis("HDEL", Keys.holder(product), "1");
        node.redis("SADD", Keys.free(product), "1");
        node.redis("INCR", Keys.stock(product));

        // when
        await(() -> !actions("action=unit.repaired&subject=" + product).isEmpty());

        // then
        JsonObject details =
                entries("action=unit.repaired&subject=" + product).get(0).getJsonObject("details");
        assertEquals(1, details.getInteger("units"));
        assertEquals(1, details.getJsonArray("adopted").getInteger(0));
    }

    @Test
    void productEventsNameTheAdmin() {
        // given
        String product = TestNode.product(admin, 5, 1);
        String update = "/api/v1/products/update-product/" + product;

        // when
        admin.put(update, new JsonObject().put("price", 3_999).put("paused", true));
        admin.put(update, new JsonObject().put("price", 3_999));
        admin.put(update, new JsonObject().put("stock", 2));
        Answer stale = admin.put(update, new JsonObject().put("price", 1), "If-Match", "\"1\"");
        admin.delete("/api/v1/product/delete-product/" + product);
        admin.delete("/api/v1/product/delete-product/" + product);

        // then
        assertEquals("version-conflict", stale.code());
        List<JsonObject> entries = entries("subject=" + product);
        assertEquals(
                List.of(
                        product + ":v4 product.deleted done",
                        "- product.updated version-conflict",
                        product + ":v3 product.updated done",
                        product + ":v2 product.updated done",
                        product + ":v1 product.created done"),
                entries.stream()
                        .map(entry -> (entry.getString("outcome").equals("done") ? entry.getString("id") : "-") + " "
                                + entry.getString("action") + " " + entry.getString("outcome"))
                        .toList());
        entries.forEach(entry -> assertEquals(adminId, entry.getString("actor")));
        assertEquals(
                new JsonObject()
                        .put("version", 2)
                        .put(
                                "changed",
                                new JsonObject()
                                        .put(
                                                "price",
                                                new JsonObject()
                                                        .put("from", 4_999)
                                                        .put("to", 3_999))
                                        .put(
                                                "paused",
                                                new JsonObject()
                                                        .put("from", false)
                                                        .put("to", true))),
                entries.get(3).getJsonObject("details"));
        assertEquals(
                new JsonObject().put("stock", new JsonObject().put("from", 5).put("to", 2)),
                entries.get(2).getJsonObject("details").getJsonObject("changed"));
    }

    @Test
    void accountEventsNameTheUser() throws Exception {
        // given
        Client ada = node.client();
        String email = Client.freshEmail();
        ada.post(
                "/api/v1/auth/register",
                new JsonObject()
                        .put("email", email)
                        .put("password", Client.PASSWORD)
                        .put("name", "Ada"));

        // when
        ada.signIn(email, Client.PASSWORD);
        String adasId = idOf(ada);
        ada.post(
                "/api/v1/auth/password",
                new JsonObject().put("current", Client.PASSWORD).put("next", PASSWORD));
        String signInCode = ada.codeSentTo(email);
        ada.post("/api/v1/auth/forgot-password", new JsonObject().put("email", email));
        await(() -> !ada.codeSentTo(email).equals(signInCode));
        Answer reset = ada.post(
                "/api/v1/auth/reset-password",
                new JsonObject()
                        .put("email", email)
                        .put("code", ada.codeSentTo(email))
                        .put("password", Client.PASSWORD));
        assertEquals(204, reset.status());
        ada.signIn(email, Client.PASSWORD);
        ada.post("/api/v1/auth/logout");
        ada.signIn(email, Client.PASSWORD);
        ada.post("/api/v1/auth/logout-all");

        // then
        awaitActions(
                "subject=" + adasId,
                List.of(
                        "session.ended",
                        "session.opened",
                        "session.ended",
                        "session.opened",
                        "password.reset",
                        "password.changed",
                        "session.opened",
                        "account.registered"));
        List<JsonObject> entries = entries("actor=" + adasId);
        assertEquals(true, entries.get(0).getJsonObject("details").getBoolean("everywhere"));
        assertEquals(false, entries.get(2).getJsonObject("details").getBoolean("everywhere"));
        String text = entries.toString();
        assertTrue(!text.contains(email) && !text.contains("Ada"), text);
    }

    @Test
    void theLockOfAnAttackedAccountIsRecorded() throws Exception {
        // given
        Client ada = node.client();
        String email = Client.freshEmail();
        String adasId = ada.post(
                        "/api/v1/auth/register",
                        new JsonObject().put("email", email).put("password", Client.PASSWORD))
                .json()
                .getString("userId");
        JsonObject wrong = new JsonObject().put("email", email).put("password", "a wrong password");

        // when
        Answer answer = ada.post("/api/v1/auth/login", wrong);
        for (int i = 0; i < 200 && answer.status() == 401; i++) {
            answer = ada.post("/api/v1/auth/login", wrong);
        }

        // then
        assertEquals(429, answer.status());
        awaitActions("subject=" + adasId, List.of("account.locked", "account.registered"));
        assertEquals("system", entries("subject=" + adasId).get(0).getString("actor"));
    }

    @Test
    void pagesHaveNeitherGapsNorRepeatsDuringInserts() {
        // given
        for (int i = 0; i < 6; i++) {
            TestNode.product(admin, 1, 1);
        }
        List<String> before = entries("action=product.created").stream()
                .map(entry -> entry.getString("id"))
                .toList();

        // when
        List<String> listed = new ArrayList<>();
        String cursor = null;
        do {
            JsonObject page = admin.get("/api/v1/admin/audit?action=product.created&limit=2"
                            + (cursor == null ? "" : "&cursor=" + cursor))
                    .json();
            page.getJsonArray("items").forEach(item -> listed.add(((JsonObject) item).getString("id")));
            cursor = page.getString("next");
            TestNode.product(admin, 1, 1);
        } while (cursor != null);

        // then
        assertEquals(before, listed);
        assertEquals(listed.size(), new HashSet<>(listed).size());
    }

    @Test
    void filtersCanBeCombined() {
        // given
        String product = TestNode.product(admin, 5, 1);
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("price", 1));

        // then
        assertEquals(
                List.of("product.updated"),
                actions("actor=" + adminId + "&subject=" + product + "&action=product.updated"));
        assertEquals(List.of(), actions("actor=system&subject=" + product));
        assertEquals(List.of(), actions("subject=nobody"));
    }
}
