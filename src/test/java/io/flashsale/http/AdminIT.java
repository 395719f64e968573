package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the views of an admin on orders and on the node. */
class AdminIT {
    private static final String ORDERS = "/api/v1/admin/orders";
    private static final String OVERVIEW = "/api/v1/admin/overview";
    private static final String COLUMNS =
            "orderId,productId,userId,status,quantity,unitPrice,total,currency,units,reservedAt,updatedAt\r\n";

    private static Vertx vertx;
    private static MongoClient mongo;
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        String database = TestStores.freshDatabase();
        vertx = Vertx.vertx();
        mongo = TestStores.mongo(vertx, database);
        // No reconciler pass runs, so what a test writes to a store stays unchanged.
        node = TestNode.builder()
                .with("FLASHSALE_MONGODB_DATABASE", database)
                .with("FLASHSALE_RECONCILE_INTERVAL", "1h")
                .start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    private static List<String> orderIds(Answer answer) {
        return items(answer).map(item -> item.getString("orderId")).toList();
    }

    private static Stream<JsonObject> items(Answer answer) {
        assertEquals(200, answer.status(), answer.body());
        return answer.json().getJsonArray("items").stream().map(JsonObject.class::cast);
    }

    private static String boughtBy(Client buyer, String product, String key) {
        Answer bought = buyer.buy(product, key);
        assertEquals(201, bought.status(), bought.body());
        return bought.json().getString("orderId");
    }

    /** Reads all pages in order and runs an action after each one. */
    private static List<String> allPages(String path, Runnable between) {
        List<String> ids = new ArrayList<>();
        String cursor = null;
        do {
            Answer page = admin.get(path + (cursor == null ? "" : "&cursor=" + cursor));
            ids.addAll(orderIds(page));
            cursor = page.json().getString("next");
            between.run();
        } while (cursor != null);
        return ids;
    }

    @ParameterizedTest
    @ValueSource(strings = {ORDERS, "/api/v1/admin/audit", OVERVIEW})
    void adminsOnly(String path) {
        assertEquals("not-authenticated", node.client().get(path).code());
        assertEquals(401, node.client().get(path).status());
        assertEquals("forbidden", node.user().get(path).code());
        assertEquals(403, node.user().get(path).status());
        assertEquals(200, admin.get(path).status());
        assertEquals(405, admin.post(path).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders?limit=0",
                "orders?status=paid",
                "orders?productId=NO!",
                "orders?cursor=x",
                "orders?user=u",
                "orders?status=placed&status=failed",
                "orders?status=reserved&cursor=x",
                "audit?limit=101",
                "audit?action=order",
                "audit?actor=",
                "audit?subject=a%20b",
                "audit?cursor=%21",
                "audit?product=p",
                "overview?since=1"
            })
    void anInvalidParameterIsNamed(String question) {
        // when
        Answer answer = admin.get("/api/v1/admin/" + question);

        // then
        assertEquals(400, answer.status(), answer.body());
        List<String> named = question.replaceAll("^[^?]*\\?", "")
                .lines()
                .flatMap(query -> Stream.of(query.split("&", -1)))
                .map(pair -> pair.split("=", -1)[0])
                .toList();
        String field = answer.json().getJsonArray("errors").getJsonObject(0).getString("field");
        assertTrue(named.contains(field), answer.body());
    }

    @Test
    void ordersAreListedNewestFirstWithTheirBuyer() {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client ada = node.user();
        Client bob = node.user();
        String first = boughtBy(ada, product, "k");
        String second = boughtBy(bob, product, "k");

        // when
        Answer answer = admin.get(ORDERS + "?productId=" + product);

        // then
        assertEquals(List.of(second, first), orderIds(answer));
        JsonObject listed = items(answer).toList().get(1);
        String adasId = ada.get("/api/v1/user/profile").json().getString("userId");
        JsonObject own = ada.get("/api/v1/user/orders/" + first).json();
        assertEquals(own.put("userId", adasId), listed);
        assertNull(answer.json().getString("next"));
    }

    @Test
    void ordersAreFilteredByProductAndStatus() {
        // given
        String product = TestNode.product(admin, 9, 2);
        String other = TestNode.product(admin, 9, 2);
        Client ada = node.user();
        String kept = boughtBy(ada, product, "a");
        String cancelled = boughtBy(ada, product, "b");
        String elsewhere = boughtBy(ada, other, "a");
        assertEquals(
                200, ada.post("/api/v1/user/orders/" + cancelled + "/cancel").status());

        // then
        assertEquals(List.of(kept), orderIds(admin.get(ORDERS + "?status=placed&productId=" + product)));
        assertEquals(List.of(cancelled), orderIds(admin.get(ORDERS + "?status=cancelled&productId=" + product)));
        assertEquals(List.of(), orderIds(admin.get(ORDERS + "?status=failed&productId=" + product)));
        assertEquals(List.of(elsewhere), orderIds(admin.get(ORDERS + "?productId=" + other)));
        assertEquals(List.of(), orderIds(admin.get(ORDERS + "?productId=nosuchproduct")));
        List<String> all = orderIds(admin.get(ORDERS + "?limit=100"));
        assertTrue(all.containsAll(List.of(kept, cancelled, elsewhere)));
        List<String> allCancelled = orderIds(admin.get(ORDERS + "?status=cancelled&limit=100"));
        assertTrue(allCancelled.contains(cancelled) && !allCancelled.contains(kept));
    }

    @Test
    void stockHoldsAreNotListedAsOrders() {
        // given
        String product = TestNode.product(admin, 9, 1);
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("stock", 5));

        // then
        assertEquals(1, node.liveOrders(product).size());
        assertEquals(List.of(), orderIds(admin.get(ORDERS + "?productId=" + product)));
    }

    @Test
    void pagesHaveNoGapsOrDuplicatesWhileOrdersArrive() {
        // given
        String product = TestNode.product(admin, 100, 0);
        Client ada = node.user();
        List<String> before = new ArrayList<>(IntStream.range(0, 23)
                .mapToObj(i -> boughtBy(ada, product, "k" + i))
                .toList());
        java.util.Collections.reverse(before);
        int[] more = {0};

        // when
        List<String> listed =
                allPages(ORDERS + "?limit=5&productId=" + product, () -> boughtBy(ada, product, "more" + more[0]++));

        // then
        assertEquals(before, listed);
    }

    @Test
    void ordersOfTheSameMillisecondArePaged() {
        // given
        String product = "samemillisecond";
        List<String> ids =
                IntStream.range(0, 7).mapToObj(i -> product + "-" + i).toList();
        ids.forEach(id -> TestNode.await(mongo.insert("orders", order(id, product, "u1"))));

        // when
        List<String> listed = allPages(ORDERS + "?limit=3&productId=" + product, () -> {});

        // then
        List<String> newestFirst = new ArrayList<>(ids);
        java.util.Collections.reverse(newestFirst);
        assertEquals(newestFirst, listed);
    }

    private static JsonObject order(String id, String product, String user) {
        JsonObject at = new JsonObject().put("$date", "2026-01-01T00:00:00Z");
        int unit = Math.floorMod(id.hashCode(), 1_000_000);
        return new JsonObject()
                .put("_id", id)
                .put("productId", product)
                .put("userId", user)
                .put("keyHash", "h")
                .put("quantity", 1)
                .put("unitPrice", 4_999)
                .put("currency", "USD")
                .put("units", new JsonArray().add(unit))
                .put("slots", new JsonArray())
                .put("status", "placed")
                .put("epoch", 1)
                .put("reservedAt", at)
                .put("updatedAt", at);
    }

    @Test
    void reservedOrdersAreReadFromTheOutbox() {
        // given: outbox entries that no relay persists
        String product = "reservedonly";
        String other = TestNode.product(admin, 3, 1);
        JsonObject document = TestNode.await(mongo.findOne("products", new JsonObject().put("_id", other), null));
        TestNode.await(mongo.insert("products", document.copy().put("_id", product)));
        for (int i = 1; i <= 3; i++) {
            String id = product + "-" + i;
            String entry = "{\"id\":\"" + id + "\",\"productId\":\"" + product
                    + "\",\"userId\":\"u1\",\"keyHash\":\"h\",\"quantity\":1,\"unitPrice\":1,\"currency\":\"USD\",\"units\":["
                    + i + "],\"slots\":[],\"epoch\":1,\"reservedAtMicros\":1790000000000000}";
            node.redis("HSET", Keys.orders(product), id, entry);
        }

        // when
        Answer all = admin.get(ORDERS + "?status=reserved");
        Answer first = admin.get(ORDERS + "?status=reserved&limit=2&productId=" + product);
        Answer rest = admin.get(ORDERS + "?status=reserved&limit=2&productId=" + product + "&cursor="
                + first.json().getString("next"));
        Answer table = admin.get(ORDERS + "?status=reserved&productId=" + product, "Accept", "text/csv");
        node.redis("DEL", Keys.orders(product));
        TestNode.await(mongo.removeDocument("products", new JsonObject().put("_id", product)));

        // then
        assertTrue(orderIds(all).contains(product + "-1"));
        assertEquals(List.of(product + "-3", product + "-2"), orderIds(first));
        assertEquals(List.of(product + "-1"), orderIds(rest));
        assertEquals("reserved", items(rest).toList().get(0).getString("status"));
        assertEquals(5, table.body().split("\r\n", -1).length, table.body());
    }

    @Test
    void theCsvHasAllMatchingOrders() {
        // given
        String product = TestNode.product(admin, 300, 0);
        Client ada = node.user();
        List<String> ids = IntStream.range(0, 120)
                .mapToObj(i -> boughtBy(ada, product, "k" + i))
                .toList();

        // when
        Answer table =
                admin.get(ORDERS + "?limit=5&productId=" + product, "Accept", "text/csv;q=0.9, application/json;q=0.5");

        // then
        assertEquals(200, table.status());
        assertEquals("text/csv; charset=utf-8; header=present", table.header("content-type"));
        assertEquals("attachment; filename=\"orders.csv\"", table.header("content-disposition"));
        assertEquals("no-store", table.header("cache-control"));
        String[] lines = table.body().split("\r\n", -1);
        assertEquals(122, lines.length);
        assertEquals(COLUMNS.trim(), lines[0]);
        for (int i = 0; i < 120; i++) {
            assertTrue(lines[120 - i].startsWith(ids.get(i) + "," + product + ",u"), lines[120 - i]);
            assertTrue(lines[120 - i].contains(",placed,1,4999,4999,USD,"), lines[120 - i]);
        }
    }

    @Test
    void theCsvIsSafeToOpenInASpreadsheet() {
        // given
        String product = "dangerous";
        TestNode.await(mongo.insert("orders", order("dangerous-1", product, "=HYPERLINK(\"http://x\",\"y\")")));
        TestNode.await(mongo.insert("orders", order("dangerous-2", product, "one,\"two\"\nthree")));

        // when
        String body = admin.get(ORDERS + "?productId=" + product, "Accept", "text/csv")
                .body();

        // then
        assertTrue(body.contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",placed"), body);
        assertTrue(body.contains(",\"one,\"\"two\"\"\nthree\",placed"), body);
    }

    @Test
    void anEmptyCsvHasAHeaderAndHeadHasNoBody() {
        // when
        Answer empty = admin.get(ORDERS + "?productId=nosuchproduct", "Accept", "text/csv");
        Answer head = admin.send(
                admin.request(ORDERS, "Accept", "text/csv").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        // then
        assertEquals(COLUMNS, empty.body());
        assertEquals("text/csv; charset=utf-8; header=present", head.header("content-type"));
        assertEquals("", head.body());
    }

    @Test
    void jsonIsTheDefaultAndCsvIsNegotiated() {
        for (String accept : List.of("*/*", "application/json", "application/json, text/csv;q=0.5", "text/html, */*")) {
            assertEquals("application/json", admin.get(ORDERS, "Accept", accept).header("content-type"), accept);
        }
        assertEquals("Accept", admin.get(ORDERS).header("vary"));
    }

    @Test
    void theOverviewDescribesTheNodeAndItsStores() {
        // when
        JsonObject overview = admin.get(OVERVIEW).json();

        // then
        assertEquals(
                Set.of("at", "node", "purchases", "cache", "live", "outbox", "deadLetters", "stores", "products"),
                overview.fieldNames());
        Instant.parse(overview.getString("at"));
        assertNotNull(overview.getJsonObject("node").getString("id"));
        Instant.parse(overview.getJsonObject("node").getString("startedAt"));
        assertEquals(
                "up", overview.getJsonObject("stores").getJsonObject("redis").getString("status"));
        Instant.parse(overview.getJsonObject("stores").getJsonObject("mongodb").getString("since"));
        assertEquals(
                Set.of("redis", "mongodb", "recovering"),
                overview.getJsonObject("stores").fieldNames());
        assertEquals(0, overview.getJsonObject("live").getInteger("clients"));
        assertEquals(0, overview.getInteger("deadLetters"));
    }

    @Test
    void theOverviewCountsEveryOutcomeOnce() {
        // given
        String product = TestNode.product(admin, 2, 1);
        JsonObject before = outcomes();
        Client ada = node.user();
        Client bob = node.user();

        // when
        ada.buy(product, "k");
        ada.buy(product, "k");
        ada.buy(product, "k", 2);
        ada.buy(product, "again");
        bob.buy(product, "two", 2);
        bob.buy(product, "one");
        node.user().buy(product, "k");
        ada.buy("nosuchproduct", "k");
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("paused", true));
        node.user().buy(product, "k");

        // then
        JsonObject after = outcomes();
        JsonObject risen = new JsonObject();
        after.fieldNames().forEach(name -> risen.put(name, after.getLong(name) - before.getLong(name)));
        assertEquals(
                new JsonObject()
                        .put("placed", 2L)
                        .put("reserved", 0L)
                        .put("replayed", 1L)
                        .put("idempotency-key-reused", 1L)
                        .put("purchase-limit-reached", 2L)
                        .put("sold-out", 1L)
                        .put("insufficient-stock", 0L)
                        .put("not-found", 1L)
                        .put("sale-not-open", 1L)
                        .put("overloaded", 0L)
                        .put("unavailable", 0L)
                        .getMap(),
                risen.getMap());
        JsonObject latency =
                admin.get(OVERVIEW).json().getJsonObject("purchases").getJsonObject("latencyMillis");
        assertTrue(latency.getDouble("p50") > 0 && latency.getDouble("p99") >= latency.getDouble("p50"));
        assertEquals(0, admin.get(OVERVIEW).json().getJsonObject("purchases").getInteger("inFlight"));
    }

    private static JsonObject outcomes() {
        return admin.get(OVERVIEW).json().getJsonObject("purchases").getJsonObject("outcomes");
    }

    @Test
    void theOverviewShowsTheCurrentStateOfEachSale() {
        // given
        String product = TestNode.product(admin, 3, 1);
        node.user().buy(product, "k");

        // when
        JsonObject shown = shown(product);

        // then
        assertEquals(
                Set.of(
                        "id",
                        "name",
                        "state",
                        "stock",
                        "remaining",
                        "outbox",
                        "paused",
                        "opensAt",
                        "closesAt",
                        "version"),
                shown.fieldNames());
        assertEquals("open", shown.getString("state"));
        assertEquals(3, shown.getInteger("stock"));
        assertEquals(2, shown.getInteger("remaining"));
        assertEquals(1, shown.getInteger("version"));

        // when
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("paused", true));

        // then
        assertEquals("paused", shown(product).getString("state"));
        assertEquals(true, shown(product).getBoolean("paused"));
        assertEquals(2, shown(product).getInteger("version"));
    }

    /** MongoDB was restored from before an edit that raised the stock, and the sale was recovered from it. */
    @Test
    void nothingRemainsIfMoreIsSoldThanIsInStock() throws Exception {
        // given
        String product = TestNode.product(admin, 2, 0);
        Client ada = node.user();
        boughtBy(ada, product, "first");
        boughtBy(ada, product, "second");
        JsonObject earlier = new JsonObject().put("stock", 1).put("highest", 1);
        TestNode.await(mongo.updateCollection(
                "products", new JsonObject().put("_id", product), new JsonObject().put("$set", earlier)));
        node.redis("DEL", Keys.sale(product));

        // when
        Answer refused = ada.buyWithRetries(product, "third");

        // then
        assertEquals("sold-out", refused.code(), refused.body());
        assertEquals("-1", node.redis("GET", Keys.stock(product)));
        JsonObject read = node.client().get("/api/v1/product/" + product).json();
        assertEquals(0, read.getInteger("remaining"));
        assertEquals(0, shown(product).getInteger("remaining"));
        assertEquals("sold-out", shown(product).getString("state"));
    }

    private static JsonObject shown(String product) {
        return admin.get(OVERVIEW).json().getJsonArray("products").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("id").equals(product))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theOverviewDoesNotDistortTheCacheMetrics() {
        // given
        String product = TestNode.product(admin, 3, 1);
        JsonObject before = admin.get(OVERVIEW).json().getJsonObject("cache");

        // when
        admin.get(OVERVIEW);
        node.client().get("/api/v1/product/" + product);
        node.client().get("/api/v1/product/" + product);
        JsonObject after = admin.get(OVERVIEW).json().getJsonObject("cache");

        // then
        long reads =
                after.getLong("hits") + after.getLong("misses") - before.getLong("hits") - before.getLong("misses");
        assertEquals(2, reads);
        assertTrue(after.getLong("hits") > before.getLong("hits"));
    }
}
