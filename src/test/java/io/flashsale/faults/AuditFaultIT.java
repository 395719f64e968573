package io.flashsale.faults;

import static io.flashsale.support.Polling.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.BulkOperation;
import io.vertx.ext.mongo.MongoClient;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verifies the audit log and the admin overview while a store is down: no entry of an order is lost or doubled. */
class AuditFaultIT {
    private static final String DATABASE = TestStores.freshDatabase();

    private final Vertx vertx = Vertx.vertx();
    private Path folder;
    private EmbeddedRedis redis;
    private EmbeddedMongo mongoServer;
    private TcpProxy network;
    private MongoClient mongo;
    private TestNode node;
    private Client admin;

    @BeforeEach
    void start() throws Exception {
        folder = TestStores.temporaryFolder();
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        mongoServer = EmbeddedMongo.start(Files.createDirectories(folder.resolve("mongo")));
        network = new TcpProxy(mongoServer.port());
        mongo = MongoClient.create(
                vertx,
                new JsonObject().put("connection_string", mongoServer.uri()).put("db_name", DATABASE));
        node = startNode();
        admin = node.admin();
    }

    private TestNode startNode() {
        return TestNode.builder()
                .on(new Configuration.Stores(redis.uri(), "mongodb://127.0.0.1:" + network.port()))
                .with("FLASHSALE_MONGODB_DATABASE", DATABASE)
                .with("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "1s")
                .with("FLASHSALE_REDIS_COMMAND_TIMEOUT", "500ms")
                .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "2s")
                .with("FLASHSALE_PERSISTENCE_STALL", "500ms")
                .with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "2")
                .start();
    }

    @AfterEach
    void stop() {
        network.heal();
        node.close();
        network.close();
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
        mongoServer.close();
        redis.close();
        TestStores.delete(folder);
    }

    private List<JsonObject> entries(String id) {
        return TestNode.await(mongo.find("audit", new JsonObject().put("_id", id)));
    }

    /** Cuts the network to MongoDB just before an entry with this action is sent; the flag says when that happened. */
    private AtomicBoolean cutBefore(String action) {
        AtomicBoolean cut = new AtomicBoolean();
        network.on(new Trigger(new Trigger.Mark(true, action, false), bytes -> {
            cut.set(true);
            network.set(TcpProxy.Mode.CUT);
        }));
        return cut;
    }

    @Test
    void anOrderWhoseEntryWasNotWrittenStaysInTheOutboxUntilItIs() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        AtomicBoolean cut = cutBefore("order.placed");

        // when
        Answer bought = ada.buy(product, "k");
        await(cut::get);

        // then
        assertEquals(201, bought.status(), "a purchase does not wait for the audit log");
        String order = bought.json().getString("orderId");
        assertEquals(
                1,
                TestNode.await(mongo.find("orders", new JsonObject().put("_id", order)))
                        .size());
        assertEquals(List.of(), entries(order + ":placed"));
        assertEquals("1", node.redis("HLEN", Keys.orders(product)));

        // when
        network.heal();
        await(() -> "0".equals(node.redis("HLEN", Keys.orders(product))));

        // then
        assertEquals(1, entries(order + ":placed").size());
    }

    @Test
    void theNextNodeWritesTheEntryThatItsPredecessorLeftOut() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        AtomicBoolean cut = cutBefore("order.placed");
        String order = ada.buy(product, "k").json().getString("orderId");
        await(cut::get);

        // when
        node.close();
        assertEquals(List.of(), entries(order + ":placed"));
        network.heal();
        node = startNode();
        await(() -> "0".equals(node.redis("HLEN", Keys.orders(product))));

        // then
        assertEquals(1, entries(order + ":placed").size());
    }

    @Test
    void aCancellationStandsAndItsUnitsComeBackWithItsEntry() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        String order = ada.buy(product, "k").json().getString("orderId");
        await(() -> entries(order + ":placed").size() == 1);
        AtomicBoolean cut = cutBefore("order.cancelled");

        // when
        Answer cancelled = ada.post("/api/v1/user/orders/" + order + "/cancel");
        await(cut::get);

        // then
        assertEquals(200, cancelled.status(), cancelled.body());
        assertEquals("cancelled", cancelled.json().getString("status"));
        assertEquals(List.of(), entries(order + ":cancelled"));
        assertEquals("4", node.redis("GET", Keys.stock(product)));

        // when
        network.heal();
        await(() -> "5".equals(node.redis("GET", Keys.stock(product))));

        // then
        assertEquals(1, entries(order + ":cancelled").size());
    }

    @Test
    void theOverviewReportsThatRedisIsDown() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);

        // when
        redis.close();
        await(() -> admin.get("/api/v1/product/" + product).json().getValue("remaining") == null);
        Answer answer = admin.get("/api/v1/admin/overview");

        // then
        assertEquals(200, answer.status(), answer.body());
        JsonObject shown = answer.json().getJsonArray("products").getJsonObject(0);
        assertEquals(product, shown.getString("id"));
        assertTrue(shown.containsKey("remaining") && shown.getValue("remaining") == null);
        assertTrue(shown.containsKey("outbox") && shown.getValue("outbox") == null);
        assertTrue(answer.json().containsKey("outbox") && answer.json().getValue("outbox") == null);
        assertEquals(
                "down",
                answer.json().getJsonObject("stores").getJsonObject("redis").getString("status"));
        assertEquals(200, admin.get("/api/v1/admin/audit").status());
        assertEquals("unavailable", admin.buy(product, "k").code(), "only read-only admin routes work without Redis");
        assertEquals("unavailable", admin.get("/api/v1/user/profile").code());
    }

    @Test
    void aSignedOutAdminIsStillRejectedWithoutRedis() throws Exception {
        // given
        Client signedOut = node.admin();
        String cookie = signedOut.cookie();
        signedOut.post("/api/v1/auth/logout");

        // when
        redis.close();
        await(() -> admin.get("/api/v1/user/profile").status() == 503);

        // then
        assertEquals(
                401, signedOut.withCookie(cookie).get("/api/v1/admin/overview").status());
        assertEquals(200, admin.get("/api/v1/admin/overview").status());
    }

    @Test
    void withoutMongoDbTheOverviewShowsWhatRedisHas() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        admin.get("/api/v1/product?limit=100");

        // when
        network.set(TcpProxy.Mode.CUT);
        Answer answer = admin.get("/api/v1/admin/overview");

        // then
        assertEquals(200, answer.status(), answer.body());
        JsonObject shown = answer.json().getJsonArray("products").getJsonObject(0);
        assertEquals(product, shown.getString("id"));
        assertEquals(5, shown.getInteger("remaining"));
        assertTrue(answer.json().containsKey("deadLetters") && answer.json().getValue("deadLetters") == null);
        assertEquals(
                "down",
                answer.json().getJsonObject("stores").getJsonObject("mongodb").getString("status"));
    }

    /** Exports 20 MB of rows: far more than the buffers between MongoDB and the client can hold. */
    @Test
    void anExportFollowsTheClientsPaceAndStopsWhenItDisconnects() throws Exception {
        // given
        String product = "largetable";
        String bulky = "u".repeat(5_000);
        for (int from = 0; from < 4_000; from += 500) {
            TestNode.await(mongo.bulkWrite(
                    "orders",
                    IntStream.range(from, from + 500)
                            .mapToObj(i -> BulkOperation.createInsert(order(product, i, bulky)))
                            .toList()));
        }
        AtomicBoolean lastRowRead = onLastRow(product);
        long started = System.nanoTime();
        assertEquals(4_001, wholeTable(product));
        assertTrue(lastRowRead.get());
        long waitMillis = 3 * TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) + 500;
        lastRowRead = onLastRow(product);

        // when: a client reads the start of the table, stops reading and disconnects
        try (Socket slow = requestTable(product)) {
            readSome(slow, 1_000);
            Thread.sleep(waitMillis);
            assertFalse(lastRowRead.get(), "the buffers cannot hold the whole table");
        }
        Thread.sleep(waitMillis);

        // then
        assertFalse(lastRowRead.get(), "the client has disconnected");

        // when: more clients than may be open at once disconnect, and then one reads everything
        for (int i = 0; i < 10; i++) {
            try (Socket abandoned = requestTable(product)) {
                readSome(abandoned, 1_000);
            }
        }

        // then
        await(() -> wholeTable(product) == 4_001);
    }

    private AtomicBoolean onLastRow(String product) {
        AtomicBoolean read = new AtomicBoolean();
        network.on(new Trigger(new Trigger.Mark(false, product + "-0000", false), bytes -> {
            read.set(true);
            Trigger.deliver(bytes);
        }));
        return read;
    }

    private int wholeTable(String product) {
        Answer table = admin.get("/api/v1/admin/orders?productId=" + product, "Accept", "text/csv");
        return table.status() == 200 ? (int) table.body().lines().count() : 0;
    }

    private Socket requestTable(String product) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8_192);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
        String request = "GET /api/v1/admin/orders?productId=" + product
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\nCookie: sessionId=" + admin.cookie()
                + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readSome(Socket socket, int bytes) throws Exception {
        InputStream in = socket.getInputStream();
        byte[] start = in.readNBytes(bytes);
        assertTrue(new String(start, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200"));
    }

    private static JsonObject order(String product, int number, String user) {
        String time = java.time.Instant.ofEpochSecond(1_700_000_000L + number).toString();
        JsonObject at = new JsonObject().put("$date", time);
        return new JsonObject()
                .put("_id", product + "-" + String.format("%04d", number))
                .put("productId", product)
                .put("userId", user)
                .put("keyHash", "h")
                .put("quantity", 1)
                .put("unitPrice", 1)
                .put("currency", "USD")
                .put("units", new io.vertx.core.json.JsonArray().add(number))
                .put("slots", new io.vertx.core.json.JsonArray())
                .put("status", "cancelled")
                .put("epoch", 1)
                .put("reservedAt", at)
                .put("updatedAt", at);
    }
}
