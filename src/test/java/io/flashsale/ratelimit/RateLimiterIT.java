package io.flashsale.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.ratelimit.RateLimiter.Verdict;
import io.flashsale.redis.RedisGateway;
import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that limits are exact across nodes, regardless of their clocks. */
@ExtendWith(VertxExtension.class)
class RateLimiterIT {
    private static final RateLimit TEN = new RateLimit(10, Duration.ofSeconds(60));

    /** Simulates a node: event loop, connection, rejection cache and clock. */
    private record LimiterNode(Context loop, RedisGateway redis, RateLimiter limiter) {
        Future<Optional<Verdict>> byUser(String user) {
            return Future.future(promise -> loop.runOnContext(
                    now -> limiter.byUser(Action.PURCHASE, user).onComplete(promise)));
        }

        Future<Optional<Verdict>> byAddress(String address) {
            return Future.future(promise -> loop.runOnContext(
                    now -> limiter.byAddress(Action.PURCHASE, address).onComplete(promise)));
        }
    }

    private final List<LimiterNode> nodes = new ArrayList<>();

    /** Closes connections before their event loops end; otherwise they would reconnect. */
    @AfterEach
    void disconnect() {
        nodes.forEach(node -> TestNode.await(Future.<Void>future(
                promise -> node.loop().runOnContext(now -> node.redis().close().onComplete(promise)))));
    }

    private LimiterNode node(Vertx vertx, Duration clockOffset) {
        return node(vertx, clockOffset, TEN);
    }

    private LimiterNode node(Vertx vertx, Duration clockOffset, RateLimit limit) {
        Context loop = vertx.getOrCreateContext();
        RedisGateway redis = new RedisGateway(
                vertx,
                new RedisOptions().setConnectionString(TestStores.shared().redisUri()),
                new RedisGateway.Settings(
                        Duration.ofSeconds(5),
                        5_000,
                        Duration.ofMillis(10),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)));
        TestNode.await(Future.<Void>future(
                promise -> loop.runOnContext(now -> redis.start().onComplete(promise))));
        Clock clock = Clock.offset(Clock.systemUTC(), clockOffset);
        RateLimiter.Settings settings =
                new RateLimiter.Settings(Map.of(Action.PURCHASE, limit), Map.of(Action.PURCHASE, limit));
        LimiterNode node = new LimiterNode(loop, redis, new RateLimiter(redis, settings, new RejectionCache(clock)));
        nodes.add(node);
        return node;
    }

    @Test
    void exactlyTenOfAThousandCallsFromTwoNodesAreAdmitted(Vertx vertx) {
        // given: clocks an hour apart
        LimiterNode one = node(vertx, Duration.ZERO);
        LimiterNode other = node(vertx, Duration.ofHours(1));
        String user = UUID.randomUUID().toString();
        String address = UUID.randomUUID().toString();

        // when
        List<Future<Optional<Verdict>>> byUser = new ArrayList<>();
        List<Future<Optional<Verdict>>> byAddress = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byUser.add(one.byUser(user));
            byUser.add(other.byUser(user));
            byAddress.add(one.byAddress(address));
            byAddress.add(other.byAddress(address));
        }

        // then
        assertEquals(10, admitted(byUser));
        assertEquals(10, admitted(byAddress));
    }

    private static long admitted(List<Future<Optional<Verdict>>> calls) {
        TestNode.await(Future.all(calls));
        return calls.stream()
                .filter(call -> call.result().orElseThrow().admitted())
                .count();
    }

    @Test
    void rejectedCallsDoNotCount(Vertx vertx) throws Exception {
        // given
        LimiterNode node = node(vertx, Duration.ZERO, new RateLimit(2, Duration.ofSeconds(1)));
        String user = UUID.randomUUID().toString();

        // when
        long began = System.nanoTime();
        int admitted = 0;
        for (int i = 0; i < 60; i++) {
            admitted += TestNode.await(node.byUser(user)).orElseThrow().admitted() ? 1 : 0;
            Thread.sleep(50);
        }

        // then: three seconds or more of constant calls admit as many as fit in the same number of windows
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        assertTrue(admitted >= 5 && admitted <= 2 * (seconds + 1), admitted + " admitted in " + seconds + " s");
    }

    @Test
    void reportsRemainingCallsAndTheTimeOfTheReset(Vertx vertx) {
        // given
        LimiterNode node = node(vertx, Duration.ZERO);
        String user = UUID.randomUUID().toString();

        // when
        Verdict first = TestNode.await(node.byUser(user)).orElseThrow();
        for (int i = 0; i < 9; i++) {
            TestNode.await(node.byUser(user));
        }
        Verdict rejected = TestNode.await(node.byUser(user)).orElseThrow();
        Verdict cached = TestNode.await(node.byUser(user)).orElseThrow();

        // then
        assertEquals(9, first.remaining());
        assertEquals(0, rejected.remaining());
        assertTrue(rejected.reset().toSeconds() >= 50 && rejected.reset().toSeconds() <= 60, rejected::toString);
        assertTrue(cached.reset().compareTo(rejected.reset()) <= 0);
    }
}
