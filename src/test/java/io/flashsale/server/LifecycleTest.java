package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.Lifecycle.State;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a node, without stores. */
class LifecycleTest {
    private final Vertx vertx = Vertx.vertx();
    private final Lifecycle lifecycle = new Lifecycle(vertx, Duration.ofSeconds(20));
    private final List<String> ended = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    /** Tells its end. */
    private final class Part extends VerticleBase {
        private final String name;
        private final Future<Void> started;
        private final Future<Void> stopped;

        private Part(String name, Future<Void> started, Future<Void> stopped) {
            this.name = name;
            this.started = started;
            this.stopped = stopped;
        }

        @Override
        public Future<?> start() {
            return started;
        }

        @Override
        public Future<?> stop() {
            return stopped.onComplete(done -> ended.add(name));
        }
    }

    private Future<Void> deploy(String name) {
        return lifecycle.deploy(() -> new Part(name, Future.succeededFuture(), Future.succeededFuture()), 1);
    }

    private Future<Void> release() {
        ended.add("released");
        return Future.succeededFuture();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(Future<?> future) throws Exception {
        try {
            get(future);
        } catch (ExecutionException e) {
            return e.getCause();
        }
        throw new AssertionError("it succeeded");
    }

    @Test
    void aNodeIsReadyWhenItsLastStepHasSucceeded() throws Exception {
        // given
        Promise<Void> last = Promise.promise();
        Future<Void> started = lifecycle.start(() -> deploy("part").compose(done -> last.future()));
        assertEquals(State.STARTING, lifecycle.state());
        assertFalse(lifecycle.isReady());

        // when
        last.complete();

        // then
        get(started);
        assertTrue(lifecycle.isReady());
    }

    @Test
    void aStepThatFailsIsWhyTheStartFails() throws Exception {
        // when
        Future<Void> started = lifecycle.start(() -> Future.failedFuture("no indexes"));

        // then
        assertEquals("no indexes", failure(started).getMessage());
        assertFalse(lifecycle.isReady());
    }

    @Test
    void theNewestEndsFirstAndWhatAllShareLast() throws Exception {
        // given
        get(lifecycle.start(() -> deploy("store").compose(done -> deploy("api"))));

        // when
        Future<Void> stopped = lifecycle.stop(this::release);

        // then
        assertFalse(lifecycle.isReady());
        get(stopped);
        assertEquals(List.of("api", "store", "released"), ended);
        assertEquals(State.STOPPED, lifecycle.state());
    }

    @Test
    void theNextOneEndsOnlyWhenTheOneBeforeHas() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        get(lifecycle.start(() -> deploy("store")
                .compose(done -> lifecycle.deploy(() -> new Part("api", Future.succeededFuture(), slow.future()), 1))));

        // when
        Future<Void> stopped = lifecycle.stop(this::release);
        get(vertx.timer(50));
        assertEquals(List.of(), ended);
        slow.complete();

        // then
        get(stopped);
        assertEquals(List.of("api", "store", "released"), ended);
    }

    @Test
    void whatDoesNotEndInTimeKeepsNothingElseFromEnding() throws Exception {
        // given
        Lifecycle hurried = new Lifecycle(vertx, Duration.ofMillis(20));
        Promise<Void> stuck = Promise.promise();
        get(hurried.start(() -> hurried.deploy(() -> new Part("stuck", Future.succeededFuture(), stuck.future()), 1)));

        // when
        get(hurried.stop(this::release));

        // then
        assertEquals(List.of("released"), ended);
        stuck.complete();
    }

    @Test
    void aDeploymentUnderWayWhenTheDrainBeginsIsUndeployed() throws Exception {
        // given
        Promise<Void> slow = Promise.promise();
        CountDownLatch begun = new CountDownLatch(1);
        Future<Void> started = lifecycle.start(() -> lifecycle.deploy(
                () -> {
                    begun.countDown();
                    return new Part("slow", slow.future(), Future.succeededFuture());
                },
                1));
        assertTrue(begun.await(30, TimeUnit.SECONDS));

        // when
        Future<Void> stopped = lifecycle.stop(this::release);

        // then
        assertEquals("stopped before it was ready", failure(started).getMessage());
        assertFalse(stopped.isComplete());
        slow.complete();
        get(stopped);
        assertEquals(List.of("slow", "released"), ended);
        assertEquals(Set.of(), vertx.deploymentIDs());
    }

    @Test
    void nothingIsDeployedOnceTheDrainHasBegun() throws Exception {
        // given: a start that waits for something else
        Promise<Void> indexes = Promise.promise();
        Future<Void> started = lifecycle.start(() -> indexes.future().compose(done -> deploy("late")));

        // when
        get(lifecycle.stop(this::release));
        indexes.complete();

        // then
        assertNotNull(failure(started));
        assertTrue(failure(deploy("later")).getMessage().contains("stopped"));
        assertEquals(Set.of(), vertx.deploymentIDs());
        assertEquals(State.STOPPED, lifecycle.state());
    }

    @Test
    void aNodeThatWasStoppedDoesNotStart() throws Exception {
        // given
        get(lifecycle.stop(this::release));

        // when
        Future<Void> started = lifecycle.start(() -> {
            ended.add("a step was made");
            return Future.succeededFuture();
        });

        // then
        assertNotNull(failure(started));
        assertEquals(List.of("released"), ended);
    }

    @Test
    void askedTwiceItStopsOnce() throws Exception {
        // given
        get(lifecycle.start(() -> deploy("part")));

        // when
        Future<Void> first = lifecycle.stop(this::release);
        Future<Void> second = lifecycle.stop(this::release);

        // then
        assertSame(first, second);
        get(second);
        assertEquals(List.of("part", "released"), ended);
    }

    @Test
    void whatCannotBeReleasedIsTold() throws Exception {
        // when
        Future<Void> stopped = lifecycle.stop(() -> {
            throw new IllegalStateException("no");
        });

        // then
        assertEquals("no", failure(stopped).getMessage());
        assertEquals(State.STOPPED, lifecycle.state());
    }

    /** A signal comes from another thread, at any moment of the start. */
    @Test
    void wheneverTheDrainBeginsWhateverWasDeployedIsUndeployed() throws Exception {
        for (int round = 0; round < 200; round++) {
            // given
            Lifecycle racing = new Lifecycle(vertx, Duration.ofSeconds(20));
            AtomicInteger running = new AtomicInteger();
            Thread starter = new Thread(() -> {
                for (int i = 0; i < 20; i++) {
                    racing.deploy(() -> new Counted(running), 1);
                }
            });

            // when
            starter.start();
            int pause = round;
            Thread stopper = new Thread(() -> {
                for (int i = 0; i < pause * 50; i++) {
                    Thread.onSpinWait();
                }
                racing.stop(Future::succeededFuture);
            });
            stopper.start();
            starter.join();
            stopper.join();
            get(racing.stop(Future::succeededFuture));

            // then
            assertEquals(0, running.get());
            assertEquals(Set.of(), vertx.deploymentIDs());
        }
    }

    /** Counts those that run. */
    private static final class Counted extends VerticleBase {
        private final AtomicInteger running;

        private Counted(AtomicInteger running) {
            this.running = running;
        }

        @Override
        public Future<?> start() {
            running.incrementAndGet();
            return Future.succeededFuture();
        }

        @Override
        public Future<?> stop() {
            running.decrementAndGet();
            return Future.succeededFuture();
        }
    }
}
