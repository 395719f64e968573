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

/** Limits are exact, whoever counts and whatever its clock says. */
@ExtendWith(VertxExtension.class)
class RateLimiterIT {
    private static final RateLimit TEN = new RateLimit(10, Duration.ofSeconds(60));

    /** A node of its own: event loop, connection, memory and clock. */
    private record Limiting(Context loop, RedisGateway redis, RateLimiter limiter) {
        Future<Optional<Verdict>> byUser(String user) {
            return Future.future(promise -> loop.runOnContext(
                    now -> limiter.byUser(Action.PURCHASE, user).onComplete(promise)));
        }

        Future<Optional<Verdict>> byAddress(String address) {
            return Future.future(promise -> loop.runOnContext(
                    now -> limiter.byAddress(Action.PURCHASE, address).onComplete(promise)));
        }
    }

    private final List<Limiting> nodes = new ArrayList<>();

    /** Before their event loops end, which would have them connect again. */
    @AfterEach
    void disconnect() {
        nodes.forEach(node -> TestNode.await(Future.<Void>future(
                promise -> node.loop().runOnContext(now -> node.redis().close().onComplete(promise)))));
    }

    private Limiting node(Vertx vertx, Duration clockOffset) {
        return node(vertx, clockOffset, TEN);
    }

    private Limiting node(Vertx vertx, Duration clockOffset, RateLimit limit) {
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
        Limiting node = new Limiting(loop, redis, new RateLimiter(redis, settings, new RejectionCache(clock)));
        nodes.add(node);
        return node;
    }

    @Test
    void ofAThousandCallsFromTwoNodesExactlyTenPass(Vertx vertx) {
        // given: clocks an hour apart
        Limiting one = node(vertx, Duration.ZERO);
        Limiting other = node(vertx, Duration.ofHours(1));
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
    void refusedCallsDoNotCountAgainstTheUser(Vertx vertx) throws Exception {
        // given
        Limiting patient = node(vertx, Duration.ZERO, new RateLimit(2, Duration.ofSeconds(1)));
        String user = UUID.randomUUID().toString();

        // when
        long began = System.nanoTime();
        int admitted = 0;
        for (int i = 0; i < 60; i++) {
            admitted += TestNode.await(patient.byUser(user)).orElseThrow().admitted() ? 1 : 0;
            Thread.sleep(50);
        }

        // then: at least three seconds of hammering let through what as many windows hold
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        assertTrue(admitted >= 5 && admitted <= 2 * (seconds + 1), admitted + " admitted in " + seconds + " s");
    }

    @Test
    void tellsHowManyAreLeftAndWhenMoreAre(Vertx vertx) {
        // given
        Limiting node = node(vertx, Duration.ZERO);
        String user = UUID.randomUUID().toString();

        // when
        Verdict first = TestNode.await(node.byUser(user)).orElseThrow();
        for (int i = 0; i < 9; i++) {
            TestNode.await(node.byUser(user));
        }
        Verdict refused = TestNode.await(node.byUser(user)).orElseThrow();
        Verdict remembered = TestNode.await(node.byUser(user)).orElseThrow();

        // then
        assertEquals(9, first.remaining());
        assertEquals(0, refused.remaining());
        assertTrue(refused.reset().toSeconds() >= 50 && refused.reset().toSeconds() <= 60, refused::toString);
        assertTrue(remembered.reset().compareTo(refused.reset()) <= 0);
    }
}
