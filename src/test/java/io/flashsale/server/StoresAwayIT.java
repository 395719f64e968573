package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.redis.Keys;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that goes away in the middle of a sale, and comes back. */
class StoresAwayIT {
    private Path folder;
    private EmbeddedRedis redis;
    private EmbeddedMongo mongo;
    private TestNode node;
    private Client admin;

    @BeforeEach
    void start() throws Exception {
        folder = TestStores.temporaryFolder();
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        mongo = EmbeddedMongo.start(Files.createDirectories(folder.resolve("mongo")));
        node = TestNode.builder()
                .on(new Configuration.Stores(redis.uri(), mongo.uri()))
                .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "300ms")
                .with("FLASHSALE_PERSISTENCE_STALL", "500ms")
                .with("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "1s")
                .with("FLASHSALE_REDIS_COMMAND_TIMEOUT", "500ms")
                .with("FLASHSALE_PURCHASE_OUTBOX_LIMIT", "5")
                .start();
        admin = node.admin();
    }

    @AfterEach
    void stop() {
        node.close();
        mongo.close();
        redis.close();
        TestStores.delete(folder);
    }

    private void mongoBack(int port) {
        mongo = EmbeddedMongo.start(folder.resolve("mongo"), port);
    }

    private static Answer until(int status, java.util.function.Supplier<Answer> call) throws InterruptedException {
        Answer answer = call.get();
        for (int i = 0; i < 200 && answer.status() != status; i++) {
            Thread.sleep(50);
            answer = call.get();
        }
        return answer;
    }

    @Test
    void withoutMongoDbASaleGoesOnWith202AndIsMadeGood() throws Exception {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client ada = node.user();
        int port = mongo.port();

        // when
        mongo.close();
        Answer reserved = ada.buy(product, "k");
        Answer read = ada.get(reserved.header("location"));
        Answer retry = ada.buy(product, "k");
        Answer second = ada.buy(product, "another");
        Answer cancel = ada.post(reserved.header("location") + "/cancel");

        // then
        assertEquals(202, reserved.status(), reserved.body());
        assertEquals("reserved", read.json().getString("status"), read.body());
        assertEquals(202, retry.status());
        assertEquals(reserved.body(), retry.body());
        assertEquals("purchase-limit-reached", second.code());
        assertEquals("unavailable", cancel.code());

        // when
        mongoBack(port);
        Answer placed = until(201, () -> ada.buy(product, "k"));

        // then
        assertEquals(reserved.body(), placed.body());
        assertEquals("placed", ada.get(reserved.header("location")).json().getString("status"));
        assertEquals(1, node.liveOrders(product).size());
        node.awaitEmptyOutbox(product);
        assertEquals("8", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void whatWasReservedIsWrittenWithoutAnybodyAsking() throws Exception {
        // given
        String product = TestNode.product(admin, 9, 1);
        List<Client> buyers = IntStream.range(0, 4).mapToObj(i -> node.user()).toList();
        int port = mongo.port();
        mongo.close();
        for (Client buyer : buyers) {
            assertEquals(202, buyer.buy(product, "k").status());
        }

        // when
        mongoBack(port);
        node.awaitEmptyOutbox(product);

        // then
        assertEquals(4, node.liveOrders(product).size());
        for (Client buyer : buyers) {
            assertEquals(201, buyer.buy(product, "k").status());
        }
        assertEquals("5", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void theOutboxIsBounded() {
        // given
        String product = TestNode.product(admin, 50, 1);
        List<Client> buyers = IntStream.range(0, 7).mapToObj(i -> node.user()).toList();
        mongo.close();

        // when
        List<Integer> statuses =
                buyers.stream().map(buyer -> buyer.buy(product, "k").status()).toList();

        // then
        assertEquals(List.of(202, 202, 202, 202, 202, 503, 503), statuses);
        assertEquals("45", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void morePurchasesThanTheBoundAreShedAtOnce() {
        // given: each purchase waits for a MongoDB of which nothing is heard
        try (TcpProxy network = new TcpProxy(mongo.port());
                TestNode small = TestNode.builder()
                        .on(new Configuration.Stores(redis.uri(), "mongodb://127.0.0.1:" + network.port()))
                        .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "3s")
                        .with("FLASHSALE_PURCHASE_MAX_IN_FLIGHT", "10")
                        .start()) {
            String product = TestNode.product(small.admin(), 50, 0);
            Client ada = small.user();
            network.set(TcpProxy.Mode.BLACK_HOLE);

            // when
            List<CompletableFuture<Answer>> calls = IntStream.range(0, 40)
                    .mapToObj(i -> ada.buyLater(product, "k" + i))
                    .toList();
            List<Answer> answers = calls.stream().map(CompletableFuture::join).toList();
            network.heal();

            // then
            List<Answer> shed = answers.stream()
                    .filter(answer -> "overloaded".equals(answer.code()))
                    .toList();
            assertTrue(!shed.isEmpty(), "none was shed");
            assertEquals("1", shed.get(0).header("retry-after"));
            assertEquals(503, shed.get(0).status());
        }
    }

    @Test
    void withoutRedisNothingIsSoldAndTheCatalogueIsRead() throws Exception {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client ada = node.user();

        // when
        redis.close();
        Answer bought = until(503, () -> ada.buy(product, "k"));
        Answer login = node.client()
                .post(
                        "/api/v1/auth/login",
                        new JsonObject().put("email", Client.freshEmail()).put("password", "0123456789"));
        Answer read = node.client().get("/api/v1/product/" + product);

        // then
        assertEquals("unavailable", bought.code());
        assertTrue(Integer.parseInt(bought.header("retry-after")) >= 1);
        assertEquals("unavailable", login.code());
        assertEquals(200, read.status(), read.body());
        assertNull(read.json().getValue("remaining"));
        assertEquals("open", read.json().getString("state"));
        assertEquals(
                "down",
                new Client(node.managementPort(), 0)
                        .get("/health/stores")
                        .json()
                        .getJsonObject("redis")
                        .getString("status"));
        assertEquals(
                200, new Client(node.managementPort(), 0).get("/health/ready").status());
    }

    /** It answers a ping, and refuses what a sale needs. */
    @ParameterizedTest
    @CsvSource({"maxmemory, 1, 0, OOM", "min-replicas-to-write, 1, 0, NOREPLICAS"})
    void healthSaysThatRedisTakesNoWrites(String setting, String refusing, String usual, String reason)
            throws Exception {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client ada = node.user();
        Client management = new Client(node.managementPort(), 0);
        assertEquals("up", redisHealth(management).getString("status"));

        // when
        node.redis("CONFIG", "SET", setting, refusing);
        Answer refused = ada.buy(product, "k");
        JsonObject health = redisHealth(management);
        for (int i = 0; i < 200 && health.getString("status").equals("up"); i++) {
            Thread.sleep(50);
            health = redisHealth(management);
        }

        // then
        assertEquals("unavailable", refused.code(), refused.body());
        assertEquals("down", health.getString("status"));
        assertTrue(health.getString("reason").contains(reason), health.encode());
        Instant.parse(health.getString("since"));
        assertEquals(200, management.get("/health/ready").status());

        // when
        node.redis("CONFIG", "SET", setting, usual);

        // then
        assertEquals(201, until(201, () -> ada.buy(product, "k")).status());
        for (int i = 0; i < 200 && health.getString("status").equals("down"); i++) {
            Thread.sleep(50);
            health = redisHealth(management);
        }
        assertEquals("up", health.getString("status"));
        assertNull(health.getString("reason"));
    }

    /** A full Redis is one that is away, whichever step of signing in it refuses: with limits the first, without a later one. */
    @ParameterizedTest
    @ValueSource(strings = {"unlimited", "1000/60s"})
    void signingInOnAFullRedisIsUnavailableAndComesBack(String limit) throws Exception {
        // given: a user who has proved the password, and one who is signed in
        try (TestNode limited = TestNode.builder()
                .on(new Configuration.Stores(redis.uri(), mongo.uri()))
                .with("FLASHSALE_LIMITS_LOGIN_IP", limit)
                .with("FLASHSALE_LIMITS_LOGIN_USER", limit)
                .with("FLASHSALE_LIMITS_OTP_IP", limit)
                .with("FLASHSALE_LIMITS_OTP_USER", limit)
                .start()) {
            JsonObject ada = new JsonObject().put("email", Client.freshEmail()).put("password", Client.PASSWORD);
            Client waiting = limited.client();
            assertEquals(201, waiting.post("/api/v1/auth/register", ada).status());
            assertEquals(200, waiting.post("/api/v1/auth/login", ada).status());
            JsonObject code = new JsonObject().put("code", waiting.codeSentTo(ada.getString("email")));
            Client signedIn = limited.user();

            // when
            limited.redis("CONFIG", "SET", "maxmemory", "1");
            Answer login = limited.client().post("/api/v1/auth/login", ada);
            Answer verified = waiting.post("/api/v1/auth/verify-otp", code);
            Answer profile = signedIn.get("/api/v1/user/profile");

            // then
            for (Answer refused : List.of(login, verified)) {
                assertEquals("unavailable", refused.code(), refused.body());
                assertEquals(503, refused.status());
                assertEquals("1", refused.header("retry-after"));
            }
            assertEquals(200, profile.status(), profile.body());

            // when
            limited.redis("CONFIG", "SET", "maxmemory", "0");

            // then
            Client back = limited.client();
            back.signIn(ada.getString("email"), Client.PASSWORD);
            assertEquals(200, back.get("/api/v1/user/profile").status());
        }
    }

    private static JsonObject redisHealth(Client management) {
        return management.get("/health/stores").json().getJsonObject("redis");
    }

    @Test
    void askingForTheHealthOftenCostsTheStoresNothing() {
        // given
        Client management = new Client(node.managementPort(), 0);
        redisHealth(management);
        long before = probes();
        long start = System.nanoTime();

        // when
        for (int i = 0; i < 300; i++) {
            redisHealth(management);
        }

        // then: one a second at most, however long it took
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        long probes = probes() - before;
        assertTrue(probes <= seconds + 1, probes + " in " + seconds + " s");
    }

    /** By what MongoDB has counted. */
    private long probes() {
        MongoClient database = node.mongo();
        JsonObject document = TestNode.await(database.findOne("health", new JsonObject(), null));
        TestNode.await(database.close());
        return document.getLong("writes");
    }

    @Test
    void buyersStaySignedInAndALogoutStaysOneWhenRedisLosesEverything() {
        // given
        Client stays = node.user();
        Client left = node.user();
        String cookie = left.cookie();
        left.post("/api/v1/auth/logout");

        // when
        node.redis("FLUSHALL");

        // then
        assertEquals(200, stays.get("/api/v1/user/profile").status());
        assertEquals(
                "not-authenticated",
                left.withCookie(cookie).get("/api/v1/user/profile").code());
    }

    @Test
    void healthNamesTheSalesThatAreClosedMeanwhile() throws Exception {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client management = new Client(node.managementPort(), 0);

        // when: nobody vouches for the sale, and another node says that it is at it
        node.redis("SET", Keys.recoveryLock(product), "another node", "PX", "2000");
        node.redis("HSET", Keys.sale(product), "certifiedBy", "another/server");
        assertEquals("unavailable", admin.buy(product, "k").code());
        JsonArray closed = recovering(management);
        for (int i = 0; i < 100 && closed.isEmpty(); i++) {
            Thread.sleep(10);
            closed = recovering(management);
        }
        Answer bought = until(201, () -> admin.buy(product, "k"));

        // then
        assertEquals(product, closed.getJsonObject(0).getString("productId"));
        Instant.parse(closed.getJsonObject(0).getString("since"));
        assertEquals(201, bought.status(), bought.body());
        assertTrue(recovering(management).isEmpty());
    }

    private static JsonArray recovering(Client management) {
        return management.get("/health/stores").json().getJsonArray("recovering");
    }

    @Test
    void aMadeUpSessionIdCostsNoLookup() {
        // given
        String genuine = node.user().cookie();
        long before = lookups();

        // when
        for (int i = 0; i < 50; i++) {
            int at = i % genuine.length();
            char other = genuine.charAt(at) == 'x' ? 'y' : 'x';
            String forged = genuine.substring(0, at) + other + genuine.substring(at + 1);
            assertEquals(
                    "not-authenticated",
                    node.client().withCookie(forged).get("/api/v1/user/profile").code());
        }
        long afterForged = lookups();
        node.client().withCookie(genuine).get("/api/v1/user/profile");

        // then
        assertEquals(before, afterForged);
        assertEquals(before + 1, lookups());
    }

    /** Of verified sessions: no other script that runs here asks how long a key lives. */
    private long lookups() {
        for (String line : node.redis("INFO", "commandstats").split("\r\n", -1)) {
            if (line.startsWith("cmdstat_pttl:calls=")) {
                return Long.parseLong(line.substring("cmdstat_pttl:calls=".length(), line.indexOf(',')));
            }
        }
        return 0;
    }

    @Test
    void aSaleIsRebuiltAfterFlushall() throws Exception {
        // given
        String product = TestNode.product(admin, 9, 2);
        Client ada = node.user();
        Answer bought = ada.buy(product, "k");

        // when
        node.redis("FLUSHALL");
        Answer retry = until(201, () -> ada.buy(product, "k"));

        // then
        assertEquals(bought.body(), retry.body());
        assertEquals("8", node.redis("GET", Keys.stock(product)));
        assertEquals(201, ada.buy(product, "second").status());
        assertEquals("purchase-limit-reached", ada.buy(product, "third").code());
    }
}
