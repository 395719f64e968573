package io.flashsale.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.server.TestNode;
import io.flashsale.support.Signals;
import io.flashsale.support.TestStores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the gateway on a Redis of its own, which is killed and halted. */
@ExtendWith(VertxExtension.class)
class RedisGatewayIT {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private Path folder;
    private EmbeddedRedis redis;
    private Context loop;
    private RedisGateway gateway;

    @BeforeEach
    void start(Vertx vertx) throws InterruptedException {
        folder = TestStores.temporaryFolder();
        redis = EmbeddedRedis.start(folder);
        loop = vertx.getOrCreateContext();
        connect(vertx, Duration.ofMillis(200));
    }

    private void connect(Vertx vertx, Duration heartbeat) throws InterruptedException {
        gateway = new RedisGateway(
                vertx,
                new RedisOptions().setConnectionString(redis.uri()),
                new RedisGateway.Settings(TIMEOUT, 100, Duration.ofMillis(10), Duration.ofMillis(100), heartbeat));
        run(() -> gateway.start());
        awaitConnection();
    }

    @AfterEach
    void stop() {
        run(() -> gateway.close());
        redis.close();
        TestStores.delete(folder);
    }

    private <T> Future<T> later(Supplier<Future<T>> step) {
        return Future.future(promise -> loop.runOnContext(now -> step.get().onComplete(promise)));
    }

    private <T> T run(Supplier<Future<T>> step) {
        return TestNode.await(later(step));
    }

    private Throwable failure(Supplier<Future<Reply>> step) {
        return run(() -> step.get().map((Throwable) null).recover(Future::succeededFuture));
    }

    private void awaitConnection() throws InterruptedException {
        for (int i = 0; i < 500 && !run(() -> Future.succeededFuture(gateway.isConnected())); i++) {
            Thread.sleep(20);
        }
    }

    @Test
    void reconnectsAfterAKillAndReadsTheNewIdentity() throws Exception {
        // given
        run(() -> gateway.send("SET", "k", "v"));
        String before = run(() -> gateway.identity()).token();

        // when
        redis.process().destroyForcibly();
        redis.process().onExit().get(10, TimeUnit.SECONDS);
        String after = before;
        for (int i = 0; i < 500 && after.equals(before); i++) {
            Thread.sleep(20);
            after = run(() -> gateway.identity().map(ServerIdentity::token).otherwise(before));
        }

        // then
        assertNotEquals(before, after);
        assertEquals("v", run(() -> gateway.send("GET", "k")).asString());
    }

    @Test
    void theOutcomeIsUnknownIfTheServerDoesNotAnswer() throws Exception {
        // when
        signal("STOP");
        Throwable failure = failure(() -> gateway.send("INCR", "counter"));
        signal("CONT");

        // then
        assertTrue(assertInstanceOf(RedisUnavailableException.class, failure).mayHaveRun());
        awaitConnection();
        assertEquals("1", run(() -> gateway.send("GET", "counter")).asString(), "the command has run");
    }

    @Test
    void reconnectsAfterAHaltThatOutlastsManyAttempts() throws Exception {
        // given
        run(() -> gateway.send("SET", "k", "v"));

        // when: the operating system accepts every connection, but Redis does not answer
        signal("STOP");
        Thread.sleep(5_000);
        signal("CONT");
        awaitConnection();

        // then
        assertEquals("v", run(() -> gateway.send("GET", "k")).asString());
        int clients = Integer.parseInt(run(() -> gateway.send("INFO", "clients"))
                .asString()
                .split("connected_clients:", 2)[1]
                .split("\r\n", 2)[0]);
        assertTrue(clients <= 2, "leaked connections: " + clients);
    }

    @Test
    void oneCommandTooManyIsRefusedAndNotSent(Vertx vertx) throws Exception {
        // given: no heartbeat, which would count as a command in flight
        run(() -> gateway.close());
        connect(vertx, Duration.ofMinutes(1));

        // when
        signal("STOP");
        List<Future<Reply>> inFlight = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> later(() -> gateway.send("INCR", "n")))
                .toList();
        Throwable failure = failure(() -> gateway.send("INCR", "n"));
        signal("CONT");

        // then
        assertFalse(assertInstanceOf(RedisUnavailableException.class, failure).mayHaveRun());
        Future.join(inFlight)
                .toCompletionStage()
                .toCompletableFuture()
                .exceptionally(late -> null)
                .get(10, TimeUnit.SECONDS);
        awaitConnection();
        assertEquals("100", run(() -> gateway.send("GET", "n")).asString());
    }

    @Test
    void scriptsLoadOnDemand() {
        // given
        Script script = Script.of("echo-1", "return redis.call('GET', KEYS[1])");
        run(() -> gateway.send("SET", "k", "v"));

        // when
        String first = run(() -> gateway.run(script, List.of("k"), List.of())).asString();
        run(() -> gateway.send("SCRIPT", "FLUSH"));
        String afterFlush =
                run(() -> gateway.run(script, List.of("k"), List.of())).asString();

        // then
        assertEquals(List.of("v", "v"), List.of(first, afterFlush));
    }

    @Test
    void anErrorOfACommandDoesNotEndTheConnection() {
        // given
        run(() -> gateway.send("SET", "k", "v"));

        // then
        assertInstanceOf(RedisCommandException.class, failure(() -> gateway.send("INCR", "k")));
        assertTrue(run(() -> Future.succeededFuture(gateway.isConnected())));
    }

    @Test
    void aReplicaIsDisconnected() throws Exception {
        // given
        run(() -> gateway.send("REPLICAOF", "127.0.0.1", "1"));

        // when
        AtomicBoolean disconnected = new AtomicBoolean();
        Throwable failure = failure(
                () -> gateway.send("SET", "k", "v").onFailure(refused -> disconnected.set(!gateway.isConnected())));

        // then
        assertFalse(assertInstanceOf(RedisUnavailableException.class, failure).mayHaveRun());
        assertTrue(disconnected.get(), "another server may now answer at the same address");
        awaitConnection();
        run(() -> gateway.send("REPLICAOF", "NO", "ONE"));
        assertEquals("OK", run(() -> gateway.send("SET", "k", "v")).asString());
    }

    private void signal(String name) {
        Signals.send(name, redis.process().pid());
    }
}
