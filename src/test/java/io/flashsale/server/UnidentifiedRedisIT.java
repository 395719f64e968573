package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.config.Configuration;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.support.FakeRedis;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks Redis' protocol but does not tell which copy of the data it has, as Dragonfly. */
class UnidentifiedRedisIT {
    private static final String ID = "1f6e1a1c0b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f";
    private static final String VERSION = "redis_version:7.4.0";
    private static final String POLICY = "maxmemory_policy:noeviction";
    private static final String RUN_ID = "run_id:" + ID;
    private static final String REPLICATION_ID = "master_replid:" + ID;

    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        TestNode.await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {RUN_ID, REPLICATION_ID})
    void itIsRefusedAtStartWithTheReason(String told) throws Exception {
        try (FakeRedis redis = new FakeRedis(VERSION, POLICY, told)) {
            // given
            Configuration configuration = Configuration.read(
                    Map.of(
                            "PORT",
                            "0",
                            "MANAGEMENT_PORT",
                            "0",
                            "FLASHSALE_MONGODB_DATABASE",
                            TestStores.freshDatabase()),
                    new DriverValidator());
            Configuration.Stores stores =
                    new Configuration.Stores(redis.uri(), TestStores.shared().mongoUri());
            FlashSaleServer sale = new FlashSaleServer(vertx, configuration, stores, Clock.systemUTC());

            // when
            Throwable failure =
                    TestNode.await(sale.start().map((Throwable) null).recover(Future::succeededFuture));
            TestNode.await(sale.stop());

            // then
            String hidden = told.equals(RUN_ID) ? "master_replid" : "run_id";
            String reason =
                    assertInstanceOf(IllegalStateException.class, failure).getMessage();
            assertTrue(reason.contains("(Redis 7.4.0) that hides " + hidden), reason);
        }
    }

    @Test
    void aLinkThatMeetsOneLaterDoesNotSpeakToIt() throws Exception {
        try (FakeRedis redis = new FakeRedis(VERSION, POLICY, RUN_ID, REPLICATION_ID)) {
            // given
            Context loop = vertx.getOrCreateContext();
            RedisGateway link = link(redis, Duration.ofMinutes(1));
            on(loop, link::start);
            assertEquals(ID + "/" + ID, on(loop, link::identity).token());

            // when: another server answers at the same address
            redis.setInfo(VERSION, POLICY, REPLICATION_ID);
            redis.dropClients();

            // then
            until(() -> on(loop, () -> Future.succeededFuture(link.refusal())).isPresent());
            assertFalse(link.isConnected());
            assertRefused(loop, link::identity);
            assertRefused(loop, () -> link.send("PING"));

            // when: and then one that says who it is
            redis.setInfo(VERSION, POLICY, RUN_ID, REPLICATION_ID);

            // then
            until(link::isConnected);
            assertTrue(on(loop, () -> Future.succeededFuture(link.refusal())).isEmpty());
            on(loop, link::close);
        }
    }

    @Test
    void anOpenConnectionIsLeftWhenItsServerHidesWhoItIs() throws Exception {
        try (FakeRedis redis = new FakeRedis(VERSION, POLICY, RUN_ID, REPLICATION_ID)) {
            // given: a proxy, behind which the server changes
            Context loop = vertx.getOrCreateContext();
            RedisGateway link = link(redis, Duration.ofMillis(50));
            on(loop, link::start);
            until(link::isConnected);

            // when
            redis.setInfo(VERSION, POLICY, RUN_ID);

            // then
            until(() -> !link.isConnected());
            assertRefused(loop, link::identity);
            on(loop, link::close);
        }
    }

    private RedisGateway link(FakeRedis redis, Duration heartbeat) {
        return new RedisGateway(
                vertx,
                new RedisOptions().setConnectionString(redis.uri()),
                new RedisGateway.Settings(
                        Duration.ofSeconds(5), 100, Duration.ofMillis(10), Duration.ofMillis(100), heartbeat));
    }

    private static <T> T on(Context loop, Supplier<Future<T>> step) {
        return TestNode.await(
                Future.future(promise -> loop.runOnContext(now -> step.get().onComplete(promise))));
    }

    private static <T> void assertRefused(Context loop, Supplier<Future<T>> step) {
        Throwable failure = on(loop, () -> step.get().map((Throwable) null).recover(Future::succeededFuture));
        assertFalse(assertInstanceOf(RedisUnavailableException.class, failure).mayHaveRun());
        assertTrue(failure.getMessage().contains("that hides"), failure.getMessage());
    }

    private static void until(BooleanSupplier condition) {
        Polling.await(Duration.ofSeconds(10), Duration.ofMillis(20), condition);
    }
}
