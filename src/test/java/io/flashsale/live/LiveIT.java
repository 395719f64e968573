package io.flashsale.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests live stock events as browsers receive them. */
class LiveIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        node = TestNode.builder().with("FLASHSALE_LIVE_MAX_PRODUCTS", "3").start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** An open stream and the events received over it. */
    private static final class Events implements AutoCloseable {
        private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
        private final List<Long> seqs = new ArrayList<>();
        private final HttpResponse<Stream<String>> response;
        private final Thread reader;

        Events(int port, String product, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/api/v1/product/" + product + "/events"));
            if (headers.length > 0) {
                request.headers(headers);
            }
            response = HTTP.sendAsync(request.build(), BodyHandlers.ofLines()).join();
            reader = new Thread(this::read, "event-stream");
            reader.setDaemon(true);
            reader.start();
        }

        /** Waits for the server to end the stream. */
        void awaitEnd() throws InterruptedException {
            reader.join(10_000);
            assertTrue(!reader.isAlive(), "the stream did not end");
        }

        private void read() {
            String[] event = new String[2];
            lines().forEach(line -> {
                if (line.startsWith("event: ")) {
                    event[0] = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    event[1] = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    received.add(new JsonObject(line.substring(6))
                            .put("_event", event[0])
                            .put("_id", event[1]));
                }
            });
        }

        /** Returns the lines up to the end of the stream, or its reset by a stopping node. */
        private Iterable<String> lines() {
            Iterator<String> lines = response.body().iterator();
            return () -> new Iterator<>() {
                @Override
                public boolean hasNext() {
                    try {
                        return lines.hasNext();
                    } catch (UncheckedIOException e) {
                        return false;
                    }
                }

                @Override
                public String next() {
                    return lines.next();
                }
            };
        }

        /** Returns the next matching event; skipped events must be in order, too. */
        JsonObject await(Predicate<JsonObject> matches) throws InterruptedException {
            while (true) {
                JsonObject next = received.poll(10, TimeUnit.SECONDS);
                assertTrue(next != null, "no more events");
                long seq = next.getLong("seq");
                assertTrue(seqs.isEmpty() || seq > seqs.get(seqs.size() - 1), seqs + " and then " + seq);
                seqs.add(seq);
                assertEquals(next.getString("type"), next.getString("_event"));
                assertEquals(String.valueOf(seq), next.getString("_id"));
                if (matches.test(next)) {
                    return next;
                }
            }
        }

        JsonObject awaitRemaining(int remaining) throws InterruptedException {
            return await(event -> Integer.valueOf(remaining).equals(event.getInteger("remaining")));
        }

        JsonObject awaitType(String type) throws InterruptedException {
            return await(event -> type.equals(event.getString("type")));
        }

        @Override
        public void close() {
            response.body().close();
        }
    }

    @Test
    void aStreamBeginsWithASnapshotAndReportsTheSellOut() throws Exception {
        // given
        String product = TestNode.product(admin, 3, 0);
        Client buyer = node.user();
        try (Events earlier = new Events(node.port(), product)) {
            buyer.buy(product, "before");
            // Purchases within a tenth of a second are merged into one event: this one must be separate.
            earlier.awaitRemaining(2);
        }
        try (Events events = new Events(node.port(), product)) {

            // when
            JsonObject first = events.await(any -> true);
            buyer.buy(product, "one");
            JsonObject bought = events.awaitType("purchase:completed");
            buyer.buy(product, "last");
            JsonObject soldOut = events.awaitType("product:soldout");

            // then
            assertEquals(200, events.response.statusCode());
            assertEquals(
                    "text/event-stream",
                    events.response.headers().firstValue("content-type").orElseThrow());
            assertEquals("stock:updated", first.getString("type"));
            assertEquals(2, first.getInteger("remaining"));
            assertEquals(1, bought.getInteger("quantity"));
            Instant.parse(bought.getString("at"));
            assertEquals(product, soldOut.getString("productId"));
            assertEquals(0, events.awaitRemaining(0).getInteger("remaining"));
        }
    }

    @Test
    void returnedUnitsAndEditsOfTheStockAreReported() throws Exception {
        // given
        String product = TestNode.product(admin, 2, 1);
        Client ada = node.user();
        Answer bought = ada.buy(product, "k");
        try (Events events = new Events(node.port(), product)) {
            events.awaitRemaining(1);

            // when
            ada.post("/api/v1/user/orders/" + bought.json().getString("orderId") + "/cancel");
            events.awaitRemaining(2);
            admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("stock", 7));
            events.awaitRemaining(7);
            admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("stock", 4));

            // then
            events.awaitRemaining(4);
        }
    }

    /** The high-order part of seq is the epoch, which MongoDB stores. */
    @Test
    void seqDoesNotFallWhenRedisLosesData() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Events events = new Events(node.port(), product)) {
            node.user().buy(product, "k");
            events.awaitRemaining(4);

            // when
            node.redis("DEL", Keys.sale(product), Keys.stock(product), Keys.holder(product));
            Client bob = node.user();
            Answer answer = bob.buy(product, "k");
            for (int i = 0; i < 100 && answer.status() != 201; i++) {
                Thread.sleep(50);
                answer = bob.buy(product, "k");
            }

            // then: await() has checked the order of all events
            events.awaitRemaining(3);
        }
    }

    /** A node may die after it changed the stock, before it published the change. */
    @Test
    void theReconcilerPublishesUnpublishedChanges() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Events events = new Events(node.port(), product)) {
            events.awaitRemaining(5);

            // when
            node.redis("HSET", Keys.sale(product), "highest", "6");
            node.redis("INCR", Keys.stock(product));

            // then
            events.awaitRemaining(6);
        }
    }

    @Test
    void unitsAreOnSaleAgainAfterASellOut() throws Exception {
        // given
        String product = TestNode.product(admin, 1, 1);
        Client ada = node.user();
        Client bob = node.user();
        try (Events events = new Events(node.port(), product)) {
            Answer bought = ada.buy(product, "k");
            events.awaitType("product:soldout");

            // when
            ada.post("/api/v1/user/orders/" + bought.json().getString("orderId") + "/cancel");
            events.awaitRemaining(1);
            bob.buy(product, "k");

            // then
            events.awaitType("product:soldout");
            events.awaitRemaining(0);
        }
    }

    @Test
    void clientsThatReconnectAtOnceShareTheReadsOfRedis() throws Exception {
        // given
        Path folder = TestStores.temporaryFolder();
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                TestNode quiet = TestNode.builder()
                        .on(new Configuration.Stores(
                                redis.uri(), TestStores.shared().mongoUri()))
                        .with("FLASHSALE_RECONCILE_INTERVAL", "1h")
                        .with("FLASHSALE_REDIS_HEARTBEAT", "1h")
                        .start()) {
            String product = TestNode.product(quiet.admin(), 5, 1);
            List<Events> all = new ArrayList<>();
            all.add(new Events(quiet.port(), product));
            all.get(0).awaitRemaining(5);
            long before = commands(quiet);
            Instant began = Instant.now();

            // when
            for (int i = 0; i < 300; i++) {
                all.add(new Events(quiet.port(), product));
            }
            for (Events events : all.subList(1, all.size())) {
                events.awaitRemaining(5);
            }

            // then: each of two loops reads at most ten snapshots a second, with three commands each
            long tenths = Duration.between(began, Instant.now()).toMillis() / 100;
            long allowed = Math.min(2 * 300, 30 + 2 * 3 * (tenths + 1));
            long sent = commands(quiet) - before;
            assertTrue(sent < allowed, sent + " commands for 300 clients, allowed " + allowed);
            all.forEach(Events::close);
        }
    }

    private static long commands(TestNode of) {
        return of.redis("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith("total_commands_processed:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    @Test
    void theStreamsOfADeletedProductEnd() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Messages messages = new Messages();
        WebSocket socket = open(messages);
        socket.sendText(subscribe(product), true).join();
        Client buyer = node.user();
        try (Events events = new Events(node.port(), product)) {
            events.awaitRemaining(5);

            // when: just after another event
            buyer.buy(product, "k");
            admin.delete("/api/v1/product/delete-product/" + product);

            // then
            events.awaitEnd();
            assertEquals(
                    404,
                    node.client().get("/api/v1/product/" + product + "/events").status());
            JsonObject last = messages.next();
            while (last.getString("code") == null) {
                last = messages.next();
            }
            assertEquals("not-found", last.getString("code"));
            assertEquals(product, last.getString("productId"));
        }
    }

    @Test
    void aClientThatReconnectsGetsNoOldEvents() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        long seen;
        try (Events events = new Events(node.port(), product)) {
            node.user().buy(product, "k");
            seen = events.awaitRemaining(4).getLong("seq");
        }

        // when
        try (Events again = new Events(node.port(), product, "Last-Event-ID", String.valueOf(seen));
                Events ahead = new Events(node.port(), product, "Last-Event-ID", String.valueOf(seen + 1_000))) {

            // then
            assertEquals(4, again.awaitType("stock:updated").getInteger("remaining"));
            node.user().buy(product, "k");
            again.awaitRemaining(3);
            assertTrue(ahead.received.isEmpty(), "seq never falls for a client");
        }
    }

    @Test
    void aLostSubscriptionIsMadeUpFor() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Events events = new Events(node.port(), product)) {
            events.awaitRemaining(5);

            // when: no subscription receives this event
            node.redis("CLIENT", "KILL", "TYPE", "pubsub");
            node.user().buy(product, "k");

            // then
            events.awaitRemaining(4);
        }
    }

    @Test
    void malformedMessagesOnTheChannelAreIgnored() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        try (Events events = new Events(node.port(), product)) {
            events.awaitRemaining(5);

            // when
            node.redis("PUBLISH", Keys.STOCK_CHANNEL, "not json");
            node.redis("PUBLISH", Keys.STOCK_CHANNEL, "{\"type\":7}");
            node.redis("PUBLISH", Keys.STOCK_CHANNEL, "{\"type\":\"x\",\"productId\":\"" + product + "\",\"seq\":9}");
            node.user().buy(product, "k");

            // then
            events.awaitRemaining(4);
        }
    }

    @Test
    void thereAreNoEventsForAnUnknownProduct() {
        assertEquals(
                "not-found", node.client().get("/api/v1/product/nothing/events").code());
    }

    /** The messages received on a socket, and how it was closed. */
    private static class Messages implements WebSocket.Listener {
        private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            received.add(new JsonObject(text.toString()));
            socket.request(1);
            return null;
        }

        JsonObject next() throws InterruptedException {
            JsonObject message = received.poll(10, TimeUnit.SECONDS);
            assertNotNull(message, "no more events");
            return message;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            ended.complete(true);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended.complete(true);
        }
    }

    private static WebSocket open(Messages messages, String... header) {
        return open(node.port(), messages, header);
    }

    private static WebSocket open(int port, Messages messages, String... header) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (header.length > 0) {
            builder.header(header[0], header[1]);
        }
        return builder.buildAsync(URI.create("ws://127.0.0.1:" + port + "/api/v1/live"), messages)
                .join();
    }

    private static String subscribe(String... products) {
        return new JsonObject()
                .put("subscribe", new JsonArray(List.of(products)))
                .encode();
    }

    @Test
    void oneSocketReceivesEventsOfSeveralProducts() throws Exception {
        // given
        String one = TestNode.product(admin, 5, 1);
        String other = TestNode.product(admin, 9, 1);
        Messages messages = new Messages();
        WebSocket socket = open(messages);

        // when
        socket.sendText(subscribe(one, other, "nothing"), true).join();
        Map<String, JsonObject> received = new HashMap<>();
        while (received.size() < 3) {
            JsonObject message = messages.next();
            received.put(message.getString("productId"), message);
        }
        node.user().buy(other, "k");

        // then: events repeated after the recent recoveries do not change the values
        assertEquals(5, received.get(one).getInteger("remaining"));
        assertEquals(9, received.get(other).getInteger("remaining"));
        assertNull(received.get("nothing").getInteger("remaining"));
        JsonObject batch = messages.next();
        while (!Integer.valueOf(8).equals(batch.getInteger("remaining"))) {
            if (batch.getString("productId").equals(one)) {
                assertEquals(5, batch.getInteger("remaining"));
            }
            batch = messages.next();
        }
        assertEquals(other, batch.getString("productId"));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    @Test
    void aMalformedSubscriptionClosesTheSocket() throws Exception {
        for (String wrong : List.of("nonsense", "[]", "{}", "{\"subscribe\":\"x\"}", "{\"subscribe\":[7]}")) {
            Messages messages = new Messages();
            open(messages).sendText(wrong, true).join();
            assertEquals(1007, messages.closed.get(10, TimeUnit.SECONDS), wrong);
        }
    }

    @Test
    void aSocketSubscribesToALimitedNumberOfProducts() throws Exception {
        // given
        String[] products = new String[4];
        for (int i = 0; i < 4; i++) {
            products[i] = TestNode.product(admin, 1, 1);
        }
        Messages messages = new Messages();

        // when
        open(messages).sendText(subscribe(products), true).join();

        // then
        assertEquals(1008, messages.closed.get(10, TimeUnit.SECONDS));
    }

    /** Unknown products count, too, since the lookup of each costs a read of the stores. */
    @Test
    void requestsForUnknownProductsAreLimited() throws Exception {
        Messages messages = new Messages();
        open(messages).sendText(subscribe("a", "b", "c", "d"), true).join();
        assertEquals(1008, messages.closed.get(10, TimeUnit.SECONDS));

        Messages repeated = new Messages();
        WebSocket socket = open(repeated);
        for (int i = 0; i < 10_000 && !repeated.closed.isDone(); i++) {
            socket.sendText(subscribe("a"), true).exceptionally(closed -> null).join();
        }
        assertEquals(1008, repeated.closed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void aSocketWithTooLargeOrBinaryMessagesIsClosed() throws Exception {
        Messages messages = new Messages();
        open(messages)
                .sendText("x".repeat(100_000), true)
                .exceptionally(closed -> null)
                .join();
        assertTrue(messages.ended.get(10, TimeUnit.SECONDS));

        Messages binary = new Messages();
        open(binary).sendBinary(ByteBuffer.allocate(8), true).join();
        assertEquals(1007, binary.closed.get(10, TimeUnit.SECONDS));
    }

    /** RFC 6455, section 5.1: a server must close the connection. */
    @Test
    void aSocketThatDoesNotMaskIsClosed() throws Exception {
        try (Socket raw = new Socket(java.net.InetAddress.getLoopbackAddress(), node.port())) {
            raw.setSoTimeout(10_000);
            raw.getOutputStream()
                    .write(String.join(
                                    "\r\n",
                                    "GET /api/v1/live HTTP/1.1",
                                    "Host: x",
                                    "Upgrade: websocket",
                                    "Connection: Upgrade",
                                    "Sec-WebSocket-Version: 13",
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                    "",
                                    "")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[1_000];
            int length = raw.getInputStream().read(answer);
            raw.getOutputStream().write(new byte[] {(byte) 0x81, 2, 'h', 'i'});
            byte[] rest = raw.getInputStream().readAllBytes();
            assertTrue(new String(answer, 0, length, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 101"));
            assertEquals(0x88, rest[0] & 0xff, "a close frame, and the end");
        }
    }

    @Test
    void aSocketThatDoesNotAnswerPingsIsDropped() throws Exception {
        // given
        try (TestNode other = TestNode.builder()
                .with("FLASHSALE_LIVE_HEARTBEAT", "1s")
                .with("FLASHSALE_SERVER_DRAIN_TIMEOUT", "1s")
                .start()) {
            Messages unresponsive = new Messages() {
                @Override
                public void onOpen(WebSocket socket) {
                    // Requests no messages, so that no ping is answered.
                }
            };
            Messages responsive = new Messages();

            // when
            open(other.port(), responsive);
            open(other.port(), unresponsive);

            // then
            awaitMetric(other, "flashsale_live_dropped_total", 1);
            awaitClients(other, 1);
            assertTrue(!responsive.closed.isDone());
        }
    }

    /** Delayed pings must not count as unanswered before a client could answer one. */
    @Test
    void aNodeThatWasHaltedDropsNoClients() throws Exception {
        // given: a client on a slow network
        try (TestNode other = TestNode.builder()
                        .with("FLASHSALE_LIVE_HEARTBEAT", "500ms")
                        .start();
                TcpProxy network = new TcpProxy(other.port())) {
            Messages responsive = new Messages();
            open(network.port(), responsive);
            awaitClients(other, 1);
            network.delay(30);

            // when
            haltEveryLoop(other, 3_000);
            for (int i = 0; i < 20; i++) {
                Thread.sleep(50);
                clients(other);
            }

            // then
            assertEquals(0, metric(other, "flashsale_live_dropped_total"));
            assertEquals(1, clients(other));
            assertTrue(!responsive.closed.isDone());
        }
    }

    /** Halts every event loop: consumers from different threads are distributed over the loops. */
    private static void haltEveryLoop(TestNode node, long millis) throws InterruptedException {
        int twiceAsManyAsThereAre = 4 * Runtime.getRuntime().availableProcessors();
        CountDownLatch over = new CountDownLatch(twiceAsManyAsThereAre);
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (int i = 0; i < twiceAsManyAsThereAre; i++) {
            Thread thread = new Thread(() -> node.eventBus().localConsumer("halt", any -> {
                LockSupport.parkNanos(Math.max(0, until - System.nanoTime()));
                over.countDown();
            }));
            thread.start();
            thread.join();
        }
        node.eventBus().publish("halt", "");
        assertTrue(over.await(30, TimeUnit.SECONDS));
    }

    @Test
    void pagesOfOtherOriginsAreRefused() {
        assertEquals(403, statusOfHandshake("Origin", "https://evil.example"));
        open(new Messages(), "Origin", "http://127.0.0.1:" + node.port()).abort();
        assertEquals("malformed-request", node.client().get("/api/v1/live").code());
    }

    private static int statusOfHandshake(String... header) {
        try {
            open(new Messages(), header);
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    @Test
    void aClientThatDoesNotReadIsDropped() throws Exception {
        // given
        try (TestNode other = TestNode.builder().start()) {
            String product = TestNode.product(other.admin(), 5, 1);
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(4_096);
                socket.connect(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), other.port()));
                socket.getOutputStream()
                        .write(("GET /api/v1/product/" + product + "/events HTTP/1.1\r\nHost: x\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                awaitClients(other, 1);

                // when
                long seq = 1L << 50;
                for (int i = 0; i < 200 && clients(other) > 0; i++) {
                    other.redis("PUBLISH", Keys.STOCK_CHANNEL, padded(product, seq + i));
                    Thread.sleep(50);
                }

                // then
                awaitClients(other, 0);
            }
        }
    }

    private static String padded(String product, long seq) {
        return new JsonObject()
                .put("type", "purchase:completed")
                .put("productId", product)
                .put("seq", seq)
                .put("quantity", 1)
                .put("at", "x".repeat(400_000))
                .encode();
    }

    private static int metric(TestNode of, String name) {
        String metrics = new Client(of.managementPort(), 0).get("/metrics").body();
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static void awaitMetric(TestNode of, String name, int value) {
        Polling.await(
                name + " " + value, Duration.ofSeconds(10), Duration.ofMillis(50), () -> metric(of, name) == value);
    }

    private static int clients(TestNode of) {
        return metric(of, "flashsale_live_clients");
    }

    private static void awaitClients(TestNode of, int count) throws InterruptedException {
        awaitMetric(of, "flashsale_live_clients", count);
    }

    @Test
    void aNodeRefusesMoreClientsThanItsLimitAndClosesAllWhenItStops() throws Exception {
        // given
        TestNode small =
                TestNode.builder().with("FLASHSALE_LIVE_MAX_CLIENTS", "1").start();
        String product = TestNode.product(small.admin(), 5, 1);
        try (Events events = new Events(small.port(), product)) {
            events.awaitRemaining(5);

            // when
            Answer refused = small.client().get("/api/v1/product/" + product + "/events");
            small.close();

            // then
            assertEquals("overloaded", refused.code());
            assertEquals("5", refused.header("retry-after"));
        }
    }
}
