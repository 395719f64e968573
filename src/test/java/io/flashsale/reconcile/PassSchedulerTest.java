package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.flashsale.support.Polling;
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

/** Tests when passes start, with passes that do nothing. */
class PassSchedulerTest {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    /** Longer than any test waits. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Runs a step on one event loop, as a verticle does. */
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

    /** Returns a counted pass that ends with the given future. */
    private Supplier<Future<Void>> counted(Supplier<Future<Void>> end) {
        return () -> {
            started.incrementAndGet();
            mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
            return end.get().onComplete(done -> running.decrementAndGet());
        };
    }

    private void awaitStarted(int passes) {
        Polling.await(passes + " passes", Duration.ofSeconds(30), Duration.ofMillis(10), () -> started.get() >= passes);
    }

    @Test
    void aFirstPassThatOutlastsItsTimeoutDoesNotRunBesideTheNext() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(Future::succeededFuture), INTERVAL);

        // when: the start no longer waits for it
        onLoop(() -> passes.start(counted(slow::future), Duration.ofMillis(20)));
        assertFalse(slow.future().isComplete());

        // then: the timer would have fired many times by now
        get(vertx.timer(300));
        assertEquals(1, started.get());
        loop.runOnContext(now -> slow.complete());
        awaitStarted(4);
        assertEquals(1, mostAtOnce.get());
    }

    @Test
    void theStartWaitsForAFirstPassWithinItsTimeout() throws Exception {
        // given
        Promise<Void> first = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(Future::succeededFuture), INTERVAL);
        CompletableFuture<Void> start = new CompletableFuture<>();
        loop.runOnContext(now -> passes.start(counted(first::future), LONG).onSuccess(start::complete));
        awaitStarted(1);
        assertFalse(start.isDone());

        // when: a failed pass counts as well
        loop.runOnContext(now -> first.fail("Redis is unavailable"));

        // then
        start.get(30, TimeUnit.SECONDS);
        awaitStarted(3);
    }

    @Test
    void aSlowPassDelaysTheNext() throws Exception {
        // given
        PassScheduler passes =
                new PassScheduler(vertx, counted(() -> vertx.timer(40).mapEmpty()), INTERVAL);

        // when
        onLoop(() -> passes.start(counted(Future::succeededFuture), LONG));

        // then
        awaitStarted(6);
        assertEquals(1, mostAtOnce.get());
    }

    @Test
    void afterAPassThatThrowsTheNextOneRuns() throws Exception {
        // given
        PassScheduler passes = new PassScheduler(
                vertx,
                () -> {
                    started.incrementAndGet();
                    throw new IllegalStateException("a fault in the pass");
                },
                INTERVAL);

        // when
        onLoop(() -> passes.start(Future::succeededFuture, LONG));

        // then
        awaitStarted(3);
    }

    @Test
    void stoppingWaitsForTheCurrentPassAndStartsNoOther() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        PassScheduler passes = new PassScheduler(vertx, counted(slow::future), INTERVAL);
        onLoop(() -> passes.start(counted(Future::succeededFuture), LONG));
        awaitStarted(2);

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
        assertEquals(2, started.get());
    }

    @Test
    void stoppingWaitsForAFirstPassThatOutlastsItsTimeout() throws Exception {
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
        assertEquals(1, started.get());
    }
}
