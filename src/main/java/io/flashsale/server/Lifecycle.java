package io.flashsale.server;

import io.flashsale.async.Futures;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Controls the life cycle of a node: starting, ready, draining, stopped, only in this order. Owns the list of
 * deployments.
 *
 * <p>A signal to stop arrives on another thread, possibly during the start. State and deployments therefore change
 * together, by compare-and-set: the drain undeploys everything that was deployed before it began, and nothing is
 * deployed afterwards. Thread-safe.
 */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** The states of a node, in their order. */
    enum State {
        STARTING,
        READY,
        DRAINING,
        STOPPED
    }

    /**
     * Combines state and deployments, so that both change atomically.
     *
     * @param deployments the oldest first; some may not have completed yet
     */
    private record Snapshot(State state, List<Future<String>> deployments) {
        private Snapshot with(State next) {
            return new Snapshot(next, deployments);
        }

        private Snapshot with(Future<String> deployment) {
            return new Snapshot(
                    state,
                    Stream.concat(deployments.stream(), Stream.of(deployment)).toList());
        }
    }

    private final Vertx vertx;
    private final Duration undeployTimeout;
    private final AtomicReference<Snapshot> current = new AtomicReference<>(new Snapshot(State.STARTING, List.of()));
    private final Promise<Void> started = Promise.promise();
    private final Promise<Void> stopped = Promise.promise();

    /**
     * Creates the life cycle of a node that has not started yet.
     *
     * @param undeployTimeout how long the drain waits for one deployment before it continues with the next
     */
    Lifecycle(Vertx vertx, Duration undeployTimeout) {
        this.vertx = vertx;
        this.undeployTimeout = undeployTimeout;
    }

    State state() {
        return current.get().state();
    }

    boolean isReady() {
        return state() == State.READY;
    }

    /** Returns whether the drain has begun. */
    boolean isEnding() {
        return state() == State.DRAINING || state() == State.STOPPED;
    }

    /**
     * Starts the node, which is ready when all steps have succeeded.
     *
     * @param steps deploys the verticles of the node
     * @return fails as soon as the drain begins, even if a step is still waiting
     */
    Future<Void> start(Supplier<Future<Void>> steps) {
        if (isEnding()) {
            return started.future();
        }
        steps.get().onComplete(done -> {
            if (done.failed()) {
                started.tryFail(done.cause());
            } else if (transition(State.STARTING, State.READY)) {
                started.tryComplete();
            }
        });
        return started.future();
    }

    /** Deploys instances of a verticle; fails once the drain has begun, without deploying anything. */
    Future<Void> deploy(Supplier<Deployable> verticle, int instances) {
        Promise<String> deployment = Promise.promise();
        Snapshot before;
        do {
            before = current.get();
            if (before.state() != State.STARTING) {
                return Future.failedFuture(new IllegalStateException("nothing is deployed on a node that is "
                        + before.state().name().toLowerCase(Locale.ROOT)));
            }
        } while (!current.compareAndSet(before, before.with(deployment.future())));
        // A deployment that throws must complete too, or it would block the drain.
        Futures.attempt(() -> vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(instances)))
                .onComplete(deployment);
        return deployment.future().mapEmpty();
    }

    /**
     * Drains the node: undeploys everything one after another, the newest first, then releases the shared components.
     *
     * @param release closes the components that the deployments share; called once
     * @return the same result for every caller
     */
    Future<Void> stop(Supplier<Future<Void>> release) {
        if (transition(State.STARTING, State.DRAINING) || transition(State.READY, State.DRAINING)) {
            LOG.info("draining");
            started.tryFail(new IllegalStateException("stopped before it was ready"));
            undeployAll(current.get().deployments())
                    .compose(done -> release.get())
                    .onComplete(done -> {
                        transition(State.DRAINING, State.STOPPED);
                        LOG.info("stopped");
                        stopped.handle(done);
                    });
        }
        return stopped.future();
    }

    /** Undeploys all deployments and never fails, so that one failure does not prevent the others. */
    private Future<Void> undeployAll(List<Future<String>> deployments) {
        List<Future<String>> newestFirst = new ArrayList<>(deployments);
        Collections.reverse(newestFirst);
        Future<Void> undeployed = Future.succeededFuture();
        for (Future<String> deployment : newestFirst) {
            undeployed = undeployed
                    .compose(done -> undeploy(deployment).timeout(undeployTimeout.toMillis(), TimeUnit.MILLISECONDS))
                    .onFailure(failure -> LOG.atWarn()
                            .addKeyValue("reason", failure.toString())
                            .log("verticle was not undeployed cleanly"))
                    .otherwiseEmpty();
        }
        return undeployed;
    }

    /** Waits for the deployment to complete first. A failed deployment leaves nothing to undeploy. */
    private Future<Void> undeploy(Future<String> deployment) {
        return deployment.otherwiseEmpty().compose(id -> id == null ? Future.succeededFuture() : vertx.undeploy(id));
    }

    private boolean transition(State from, State to) {
        Snapshot before = current.get();
        while (before.state() == from) {
            if (current.compareAndSet(before, before.with(to))) {
                return true;
            }
            before = current.get();
        }
        return false;
    }
}
