package io.flashsale.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests products over a real socket, also during their sale. */
class CatalogIT {
    private static final String CREATE = "/api/v1/product/create-product";

    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        node = TestNode.builder().start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static JsonObject thing() {
        return new JsonObject()
                .put("name", "Thing")
                .put("price", 4_999)
                .put("currency", "USD")
                .put("stock", 5);
    }

    @Test
    void createsAndReads() {
        // when
        Answer created = admin.post(CREATE, thing());
        Answer read = node.client().get(created.header("location"));

        // then
        assertEquals(201, created.status(), created.body());
        assertEquals(created.json(), read.json());
        assertEquals(5, read.json().getInteger("remaining"));
        assertEquals("open", read.json().getString("state"));
        assertEquals(1, read.json().getInteger("perUserLimit"));
        assertEquals("standard", read.json().getString("type"));
        assertEquals(300, read.json().getInteger("cacheTtlSeconds"));
        assertEquals(1, read.json().getInteger("version"));
        assertTrue(read.header("etag").startsWith("W/\""));
        assertEquals("miss", read.header("x-cache"));
    }

    private static long cacheReads(String result) {
        return new Client(node.managementPort(), 0)
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("flashsale_cache_reads_total{result=\"" + result + "\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    @Test
    void cacheHitsAndMissesAreCounted() {
        // given
        String path = admin.post(CREATE, thing()).header("location");
        long hits = cacheReads("hit");
        long misses = cacheReads("miss");

        // when
        List<String> results = IntStream.range(0, 4)
                .mapToObj(read -> node.client().get(path).header("x-cache"))
                .toList();

        // then
        assertEquals("miss", results.get(0));
        assertEquals("hit", results.get(3));
        assertEquals(results.stream().filter("hit"::equals).count(), cacheReads("hit") - hits);
        assertEquals(results.stream().filter("miss"::equals).count(), cacheReads("miss") - misses);
    }

    @ParameterizedTest
    @CsvSource({
        "name, ''",
        "name, 201",
        "price, -1",
        "price, 1000000001",
        "currency, XYZQ",
        "currency, usd",
        "stock, -1",
        "stock, 10000001",
        "stock, 1099511627776",
        "perUserLimit, -1",
        "cacheTtlSeconds, 299",
        "cacheTtlSeconds, 3601",
        "opensAt, tomorrow",
        "type, 'Not A Type'"
    })
    void namesTheFieldThatIsOutOfRange(String field, String value) {
        // given
        JsonObject wrong = thing();
        boolean number =
                Set.of("price", "stock", "perUserLimit", "cacheTtlSeconds").contains(field);
        wrong.put(field, number ? (Object) Long.valueOf(value) : value.equals("201") ? "x".repeat(201) : value);

        // when
        Answer refused = admin.post(CREATE, wrong);

        // then
        assertEquals("validation-failed", refused.code(), refused.body());
        assertEquals(
                field, refused.json().getJsonArray("errors").getJsonObject(0).getString("field"));
    }

    @Test
    void namesEveryRequiredField() {
        // when
        Answer refused = admin.post(CREATE, new JsonObject());

        // then
        List<String> fields = refused.json().getJsonArray("errors").stream()
                .map(error -> ((JsonObject) error).getString("field"))
                .toList();
        assertEquals(List.of("name", "price", "currency", "stock"), fields);
    }

    @Test
    void onlyAnAdminMayWrite() {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client user = node.user();

        // then
        assertEquals("forbidden", user.post(CREATE, thing()).code());
        assertEquals(
                "forbidden",
                user.put("/api/v1/product/update-product/" + product, thing()).code());
        assertEquals(
                "forbidden",
                user.delete("/api/v1/product/delete-product/" + product).code());
        assertEquals("not-authenticated", node.client().post(CREATE, thing()).code());
    }

    @Test
    void answersNotModifiedUntilSomethingIsSold() {
        // given
        String product = TestNode.product(admin, 5, 1);
        String path = "/api/v1/product/" + product;
        String tag = node.client().get(path).header("etag");

        // when
        Answer unchanged = node.client().get(path, "If-None-Match", tag);
        node.user().buy(product, "k");
        Answer changed = node.client().get(path, "If-None-Match", tag);

        // then
        assertEquals(304, unchanged.status());
        assertEquals("", unchanged.body());
        assertEquals(200, changed.status());
        assertEquals(4, changed.json().getInteger("remaining"));
    }

    @Test
    void aProductThatWasReadCanBeWrittenBackWithOneFieldEdited() {
        // given
        String product = TestNode.product(admin, 5, 1);
        JsonObject read = node.client().get("/api/v1/product/" + product).json();

        // when
        Answer written = admin.put(
                "/api/v1/products/update-product/" + product, read.copy().put("name", "Other"));
        Answer readOnly = admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("version", 77));

        // then
        assertEquals(200, written.status(), written.body());
        assertEquals("Other", written.json().getString("name"));
        assertEquals(2, written.json().getInteger("version"));
        assertEquals("validation-failed", readOnly.code());
    }

    @Test
    void anOlderVersionDoesNotOverwrite() {
        // given
        String path = "/api/v1/product/update-product/" + TestNode.product(admin, 5, 1);

        // when
        Answer first = admin.put(path, new JsonObject().put("price", 1), "If-Match", "\"1\"");
        Answer late = admin.put(path, new JsonObject().put("price", 2), "If-Match", "\"1\"");
        Answer wrong = admin.put(path, new JsonObject().put("price", 2), "If-Match", "one");

        // then
        assertEquals(200, first.status());
        assertEquals(412, late.status());
        assertEquals("version-conflict", late.code());
        assertEquals("validation-failed", wrong.code());
    }

    @Test
    void raisesAndLowersTheStockOfARunningSale() {
        // given
        String product = TestNode.product(admin, 10, 0);
        String path = "/api/v1/product/update-product/" + product;
        node.user().buy(product, "k", 4);

        // when
        Answer raised = admin.put(path, new JsonObject().put("stock", 20));
        Answer lowered = admin.put(path, new JsonObject().put("stock", 6));
        Answer tooLow = admin.put(path, new JsonObject().put("stock", 3));
        Answer toTheLast = admin.put(path, new JsonObject().put("stock", 4));

        // then
        assertEquals(16, raised.json().getInteger("remaining"), raised.body());
        assertEquals(2, lowered.json().getInteger("remaining"), lowered.body());
        assertEquals("validation-failed", tooLow.code());
        assertTrue(tooLow.body().contains("at least 4"), tooLow.body());
        assertEquals(0, toTheLast.json().getInteger("remaining"));
        assertEquals("sold-out", toTheLast.json().getString("state"));
        assertEquals("sold-out", node.user().buy(product, "late").code());
    }

    @Test
    void anOrderKeepsThePriceAtItsTime() {
        // given
        String product = TestNode.product(admin, 10, 0);
        Client ada = node.user();

        // when
        Answer before = ada.buy(product, "before");
        admin.put("/api/v1/product/update-product/" + product, new JsonObject().put("price", 100));
        Answer after = ada.buy(product, "after", 3);

        // then
        assertEquals(4_999, before.json().getInteger("unitPrice"));
        assertEquals(300, after.json().getInteger("total"));
    }

    @Test
    void theLimitChangesOnlyWhilePausedAndCountsExistingOrders() throws Exception {
        // given
        String product = TestNode.product(admin, 10, 0);
        String path = "/api/v1/product/update-product/" + product;
        Client ada = node.user();
        ada.buy(product, "two", 2);
        node.awaitEmptyOutbox(product);

        // when
        Answer running = admin.put(path, new JsonObject().put("perUserLimit", 3));
        admin.put(path, new JsonObject().put("paused", true));
        Answer paused = admin.put(path, new JsonObject().put("perUserLimit", 3));
        admin.put(path, new JsonObject().put("paused", false));
        Answer third = ada.buy(product, "third", 1);
        Answer fourth = ada.buy(product, "fourth", 1);

        // then
        assertEquals(409, running.status());
        assertEquals(200, paused.status(), paused.body());
        assertEquals(201, third.status(), third.body());
        assertEquals("purchase-limit-reached", fourth.code());
    }

    @Test
    void concurrentEditsLoseNothing() throws Exception {
        // given
        String product = TestNode.product(admin, 100, 0);
        String path = "/api/v1/product/update-product/" + product;

        // when: twenty admins raise the stock by one each, with If-Match and a retry on 412
        List<Callable<Boolean>> edits = IntStream.range(0, 20)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    for (int attempt = 0; attempt < 200; attempt++) {
                        JsonObject read =
                                node.client().get("/api/v1/product/" + product).json();
                        Answer written = admin.withCookie(admin.cookie())
                                .put(
                                        path,
                                        new JsonObject().put("stock", read.getInteger("stock") + 1),
                                        "If-Match",
                                        "\"" + read.getInteger("version") + "\"");
                        if (written.status() == 200) {
                            return true;
                        }
                        assertEquals(412, written.status(), written.body());
                    }
                    return false;
                })
                .toList();
        ExecutorService pool = Executors.newFixedThreadPool(20);
        for (Future<Boolean> edit : pool.invokeAll(edits)) {
            assertTrue(edit.get());
        }
        pool.shutdown();

        // then
        JsonObject read = node.client().get("/api/v1/product/" + product).json();
        assertEquals(120, read.getInteger("stock"));
        assertEquals(120, read.getInteger("remaining"));
    }

    @Test
    void listsNewestFirstInPagesAndMarksPurchasedProducts() {
        // given
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(TestNode.product(admin, 5, 1));
        }
        Client ada = node.user();
        ada.buy(ids.get(2), "k");

        // when
        JsonObject first = ada.get("/api/v1/user/products?limit=2").json();
        JsonObject second = ada.get("/api/v1/user/products?limit=1&cursor=" + first.getString("next"))
                .json();

        // then
        assertEquals(ids.get(2), first.getJsonArray("items").getJsonObject(0).getString("id"));
        assertTrue(first.getJsonArray("items").getJsonObject(0).getBoolean("purchased"));
        assertFalse(first.getJsonArray("items").getJsonObject(1).getBoolean("purchased"));
        assertEquals(ids.get(0), second.getJsonArray("items").getJsonObject(0).getString("id"));
        assertEquals(
                "not-authenticated", node.client().get("/api/v1/user/products").code());
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, validation-failed",
        "limit=101, validation-failed",
        "limit=x, validation-failed",
        "cursor=x, validation-failed",
        "limit=1&limit=2, malformed-request",
        "page=2, malformed-request"
    })
    void refusesAnInvalidPage(String query, String code) {
        // when
        Answer refused = node.client().get("/api/v1/product?" + query);

        // then
        assertEquals(code, refused.code(), refused.body());
    }

    @Test
    void deletesOnce() {
        // given
        String product = TestNode.product(admin, 5, 1);

        // when
        Answer deleted = admin.delete("/api/v1/product/delete-product/" + product);
        Answer twice = admin.delete("/api/v1/product/delete-product/" + product);

        // then
        assertEquals(204, deleted.status());
        assertEquals(404, twice.status());
        Set<String> listed = node.client().get("/api/v1/product?limit=100").json().getJsonArray("items").stream()
                .map(item -> ((JsonObject) item).getString("id"))
                .collect(Collectors.toSet());
        assertFalse(listed.contains(product));
        assertNull(node.client().get("/api/v1/product/" + product).header("etag"));
    }
}
