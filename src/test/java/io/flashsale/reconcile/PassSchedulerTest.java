package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When passes begin, without anything that they do. */
class PassSchedulerTest {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    /** Longer than any test waits. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Does it on one event loop, as a verticle would. */
    private <T> T onLoop(Callable<Future<T>> step) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.runOnContext(now -> {
            try {
                step.call().onSuccess(result::complete).onFailure(result::completeExceptionally);
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    private final io.vertx.core.Context loop = vertx.getOrCreateContext();

    /** A pass that ends with this future, and is counted. */
    private Supplier<Future<Void>> counted(Supplier<Future<Void>> end) {
        return () -> {
            begun.incrementAndGet();
            mostAtOnce.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            return end.get().onComplete(done -> underWay.decrementAndGet());
        };
    }

    private void awaitBegun(int passes) throws InterruptedException {
        for (int i = 0; i < 3_000 && begun.get() < passes; i++) {
            Thread.sleep(10);
        }
        assertTrue(begun.get() >= passes, begun::toString);
    }

    @Test
    void aFirstPassThatOutlivesItsBoundDoesNotRunBesideTheNext() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(Future::succeededFuture), INTERVAL);

        // when: the start goes on without it
        onLoop(() -> passes.start(counted(slow::future), Duration.ofMillis(20)));
        assertFalse(slow.future().isComplete());

        // then: the timer would have fired many times by now
        get(vertx.timer(300));
        assertEquals(1, begun.get());
        loop.runOnContext(now -> slow.complete());
        awaitBegun(4);
        assertEquals(1, mostAtOnce.get());
    }

    @Test
    void theStartWaitsForAFirstPassWithinItsBound() throws Exception {
        // given
        Promise<Void> first = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(Future::succeededFuture), INTERVAL);
        CompletableFuture<Void> started = new CompletableFuture<>();
        loop.runOnContext(now -> passes.start(counted(first::future), LONG).onSuccess(started::complete));
        awaitBegun(1);
        assertFalse(started.isDone());

        // when: it does not matter whether it succeeds
        loop.runOnContext(now -> first.fail("Redis is away"));

        // then
        started.get(30, TimeUnit.SECONDS);
        awaitBegun(3);
    }

    @Test
    void aSlowPassIsNotOvertakenByTheNext() throws Exception {
        // given
        PassScheduler passes =
                new PassScheduler(vertx, counted(() -> vertx.timer(40).mapEmpty()), INTERVAL);

        // when
        onLoop(() -> passes.start(counted(Future::succeededFuture), LONG));

        // then
        awaitBegun(6);
        assertEquals(1, mostAtOnce.get());
    }

    @Test
    void aPassThatThrowsIsNotTheLastOne() throws Exception {
        // given
        PassScheduler passes = new PassScheduler(
                vertx,
                () -> {
                    begun.incrementAndGet();
                    throw new IllegalStateException("a fault in the pass");
                },
                INTERVAL);

        // when
        onLoop(() -> passes.start(Future::succeededFuture, LONG));

        // then
        awaitBegun(3);
    }

    @Test
    void stoppedItWaitsForThePassUnderWayAndBeginsNoOther() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(slow::future), INTERVAL);
        onLoop(() -> passes.start(counted(Future::succeededFuture), LONG));
        awaitBegun(2);

        // when
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        onLoop(() -> {
            passes.stop().onSuccess(stopped::complete);
            return Future.succeededFuture();
        });
        assertFalse(stopped.isDone());
        loop.runOnContext(now -> slow.complete());

        // then
        stopped.get(30, TimeUnit.SECONDS);
        get(vertx.timer(100));
        assertEquals(2, begun.get());
    }

    @Test
    void aFirstPassThatIsStillUnderWayIsWaitedForToo() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(Future::succeededFuture), INTERVAL);
        onLoop(() -> passes.start(counted(slow::future), Duration.ofMillis(1)));

        // when
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        onLoop(() -> {
            passes.stop().onSuccess(stopped::complete);
            return Future.succeededFuture();
        });

        // then
        assertFalse(stopped.isDone());
        loop.runOnContext(now -> slow.complete());
        stopped.get(30, TimeUnit.SECONDS);
        get(vertx.timer(100));
        assertEquals(1, begun.get());
    }
}
