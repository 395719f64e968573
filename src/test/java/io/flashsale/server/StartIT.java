package io.flashsale.server;

import static io.flashsale.server.TestNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedMongo;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.faults.network.TcpProxy;
import io.flashsale.faults.network.Trigger;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node that starts on stores that are not there yet, or on addresses that are none. */
class StartIT {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private static Configuration configuration(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PORT", "0",
                "HOST", "127.0.0.1",
                "MANAGEMENT_PORT", "0",
                "FLASHSALE_MONGODB_DATABASE", TestStores.freshDatabase(),
                "FLASHSALE_MONGODB_COMMAND_TIMEOUT", "1s",
                "FLASHSALE_GATE_BCRYPT_COST", "4"));
        environment.putAll(more);
        return Configuration.read(environment, new DriverValidator());
    }

    private static Throwable failure(Future<?> future) {
        Throwable thrown = assertThrows(AssertionError.class, () -> await(future));
        // The time-out of the test itself would mean that it hangs.
        assertTrue(thrown.getCause() instanceof java.util.concurrent.ExecutionException, thrown::toString);
        return thrown.getCause().getCause();
    }

    /** The configuration refuses these; nobody else may hang on them all the same. */
    @ParameterizedTest
    @CsvSource({"redis://127.0.0.1:notaport,", ",mongodb://127.0.0.1:notaport/"})
    void anAddressThatIsNoneFailsInsteadOfHanging(String redisUri, String mongoUri) {
        // given
        Configuration.Stores shared = TestStores.shared();
        Configuration.Stores stores = new Configuration.Stores(
                redisUri == null ? shared.redisUri() : redisUri, mongoUri == null ? shared.mongoUri() : mongoUri);
        Configuration configuration = configuration(Map.of());
        FlashSaleServer sale = new FlashSaleServer(vertx, configuration, stores, Clock.systemUTC());

        // then
        assertTrue(failure(sale.start()) instanceof IllegalArgumentException);
        await(sale.stop());
        assertTrue(
                failure(ConsistencyCheckRunner.run(vertx, configuration, stores, Clock.systemUTC()))
                        instanceof IllegalArgumentException);
    }

    @Test
    void readinessSaysWhichStoreIsWaitedForAndWithoutItsPassword() throws Exception {
        // given
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                EmbeddedMongo mongo = EmbeddedMongo.start(Files.createDirectories(folder.resolve("mongo")));
                TcpProxy toRedis = new TcpProxy(redis.port());
                TcpProxy toMongo = new TcpProxy(mongo.port())) {
            toRedis.set(TcpProxy.Mode.CUT);
            toMongo.set(TcpProxy.Mode.CUT);
            String password = URI.create(redis.uri()).getUserInfo().substring(1);
            Configuration.Stores stores = new Configuration.Stores(
                    "redis://:" + password + "@127.0.0.1:" + toRedis.port(), "mongodb://127.0.0.1:" + toMongo.port());
            Configuration configuration = configuration(Map.of());
            FlashSaleServer sale = new FlashSaleServer(vertx, configuration, stores, Clock.systemUTC());

            // when
            Future<Void> started = sale.start();
            Client operator = operator(sale);

            // then
            Answer waiting = until(operator, answer -> answer.body().contains("waiting for Redis"));
            assertEquals(503, waiting.status());
            assertEquals("application/problem+json", waiting.header("content-type"));
            String begin = "starting: waiting for Redis at redis://***@127.0.0.1:" + toRedis.port() + ": ";
            assertTrue(waiting.json().getString("detail").startsWith(begin), waiting.body());
            assertFalse(waiting.body().contains(password), waiting.body());

            // when
            toRedis.heal();

            // then
            begin = "starting: waiting for MongoDB at mongodb://127.0.0.1:" + toMongo.port() + ": ";
            waiting = until(operator, answer -> answer.body().contains("waiting for MongoDB"));
            assertTrue(waiting.json().getString("detail").startsWith(begin), waiting.body());
            assertFalse(started.isComplete());

            // when
            toMongo.heal();

            // then
            await(started);
            assertEquals(200, operator.get("/health/ready").status());
            await(sale.stop());
        }
    }

    @Test
    void aMongoDbThatGoesAwayWhileTheAdminIsMadeIsWaitedFor() throws Exception {
        // given
        Configuration.Stores shared = TestStores.shared();
        try (EmbeddedMongo mongo = EmbeddedMongo.start(Files.createDirectories(folder.resolve("mongo")));
                TcpProxy toMongo = new TcpProxy(mongo.port())) {
            // The address of the admin is in the first question about accounts, when everything else stands.
            CountDownLatch cut = new CountDownLatch(1);
            toMongo.on(new Trigger(new Trigger.Mark(true, "first@example.com", false), bytes -> {
                toMongo.set(TcpProxy.Mode.CUT);
                cut.countDown();
            }));
            Configuration configuration =
                    configuration(Map.of("ADMIN_EMAIL", "first@example.com", "ADMIN_PASSWORD", Client.PASSWORD));
            Configuration.Stores stores =
                    new Configuration.Stores(shared.redisUri(), "mongodb://127.0.0.1:" + toMongo.port());
            FlashSaleServer sale = new FlashSaleServer(vertx, configuration, stores, Clock.systemUTC());

            // when
            Future<Void> started = sale.start();
            Client operator = operator(sale);

            // then
            assertTrue(cut.await(30, TimeUnit.SECONDS));
            // With a reason: a try has failed.
            until(
                    operator,
                    answer -> answer.body().contains("waiting for MongoDB")
                            && !answer.body().contains("no answer yet"));
            assertFalse(started.isComplete());

            // when
            toMongo.heal();

            // then
            await(started);
            assertEquals(200, operator.get("/health/ready").status());
            await(sale.stop());
        }
    }

    /** Of a node whose management port is the first thing that it opens. */
    private Client operator(FlashSaleServer sale) throws InterruptedException {
        for (int i = 0; i < 1_500 && vertx.deploymentIDs().isEmpty(); i++) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertFalse(vertx.deploymentIDs().isEmpty(), "the management port is open");
        return new Client(sale.managementPort(), sale.managementPort());
    }

    private static Answer until(Client operator, Predicate<Answer> holds) throws InterruptedException {
        Answer answer = operator.get("/health/ready");
        for (int i = 0; i < 400 && !holds.test(answer); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
            answer = operator.get("/health/ready");
        }
        assertTrue(holds.test(answer), "last: " + answer);
        return answer;
    }

    @Test
    void aNameServerThatDoesNotAnswerIsAStoreThatIsAway() {
        // given
        String before = System.setProperty("java.naming.provider.url", "dns://127.0.0.1:1");
        MongoGateway redis = new MongoGateway(new MongoGateway.Settings(Duration.ofSeconds(1)));
        JsonObject config = new JsonObject()
                .put("connection_string", "mongodb+srv://shop.example.com/")
                .put("db_name", "shop");

        // when
        try {
            Throwable away = failure(redis.open(vertx, config));

            // then
            assertTrue(away instanceof StoreUnavailableException, away::toString);
            assertTrue(away.getMessage().contains("TXT record"), away::toString);
            assertTrue(failure(redis.probeWrite()) instanceof StoreUnavailableException);
        } finally {
            if (before == null) {
                System.clearProperty("java.naming.provider.url");
            } else {
                System.setProperty("java.naming.provider.url", before);
            }
            await(redis.close());
        }
    }
}
