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
 * The life of a node: starting, ready, draining, stopped, in this order and never back. Owns the list of deployments.
 *
 * <p>A signal to stop comes from another thread, and may come in the middle of the start. State and deployments therefore
 * change together, by compare-and-set: whatever is deployed before the drain begins is undeployed by it, and nothing is
 * deployed afterwards. May be used by any thread.
 */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** Where a node is in its life. */
    enum State {
        STARTING,
        READY,
        DRAINING,
        STOPPED
    }

    /**
     * One moment of it.
     *
     * @param deployments oldest first; some may still be under way
     */
    private record Moment(State state, List<Future<String>> deployments) {
        private Moment with(State next) {
            return new Moment(next, deployments);
        }

        private Moment with(Future<String> deployment) {
            return new Moment(
                    state,
                    Stream.concat(deployments.stream(), Stream.of(deployment)).toList());
        }
    }

    private final Vertx vertx;
    private final Duration undeployTimeout;
    private final AtomicReference<Moment> now = new AtomicReference<>(new Moment(State.STARTING, List.of()));
    private final Promise<Void> started = Promise.promise();
    private final Promise<Void> stopped = Promise.promise();

    /**
     * Makes the life of a node that has yet to start.
     *
     * @param undeployTimeout how long the drain waits for one deployment before it goes on with the next
     */
    Lifecycle(Vertx vertx, Duration undeployTimeout) {
        this.vertx = vertx;
        this.undeployTimeout = undeployTimeout;
    }

    State state() {
        return now.get().state();
    }

    boolean isReady() {
        return state() == State.READY;
    }

    /** Whether the drain has begun. */
    boolean isEnding() {
        return state() == State.DRAINING || state() == State.STOPPED;
    }

    /**
     * Starts, and is ready when all steps have succeeded.
     *
     * @param steps deploys what belongs to the node
     * @return fails as soon as the drain begins, whatever a step still waits for
     */
    Future<Void> start(Supplier<Future<Void>> steps) {
        if (isEnding()) {
            return started.future();
        }
        steps.get().onComplete(done -> {
            if (done.failed()) {
                started.tryFail(done.cause());
            } else if (moveOn(State.STARTING, State.READY)) {
                started.tryComplete();
            }
        });
        return started.future();
    }

    /** Deploys instances of a verticle; fails once the drain has begun, without deploying anything. */
    Future<Void> deploy(Supplier<Deployable> verticle, int instances) {
        Promise<String> deployment = Promise.promise();
        Moment before;
        do {
            before = now.get();
            if (before.state() != State.STARTING) {
                return Future.failedFuture(new IllegalStateException("nothing is deployed on a node that is "
                        + before.state().name().toLowerCase(Locale.ROOT)));
            }
        } while (!now.compareAndSet(before, before.with(deployment.future())));
        // A deployment that throws must end, or it would hold up the drain.
        Futures.attempt(() -> vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(instances)))
                .onComplete(deployment);
        return deployment.future().mapEmpty();
    }

    /**
     * Drains: undeploys everything, the newest first, each when the one before has ended; then releases the rest.
     *
     * @param release closes what the deployments have shared; called once
     * @return the same end for every caller
     */
    Future<Void> stop(Supplier<Future<Void>> release) {
        if (moveOn(State.STARTING, State.DRAINING) || moveOn(State.READY, State.DRAINING)) {
            LOG.info("draining");
            started.tryFail(new IllegalStateException("stopped before it was ready"));
            undeployAll(now.get().deployments()).compose(done -> release.get()).onComplete(done -> {
                moveOn(State.DRAINING, State.STOPPED);
                LOG.info("stopped");
                stopped.handle(done);
            });
        }
        return stopped.future();
    }

    /** Never fails: what cannot be undeployed must not keep the others from being undeployed. */
    private Future<Void> undeployAll(List<Future<String>> deployments) {
        List<Future<String>> newestFirst = new ArrayList<>(deployments);
        Collections.reverse(newestFirst);
        Future<Void> undeployed = Future.succeededFuture();
        for (Future<String> deployment : newestFirst) {
            undeployed = undeployed
                    .compose(done -> undeploy(deployment).timeout(undeployTimeout.toMillis(), TimeUnit.MILLISECONDS))
                    .onFailure(failure -> LOG.atWarn()
                            .addKeyValue("reason", failure.toString())
                            .log("not undeployed cleanly"))
                    .otherwiseEmpty();
        }
        return undeployed;
    }

    /** Waits for a deployment that is still under way; one that failed has left nothing behind. */
    private Future<Void> undeploy(Future<String> deployment) {
        return deployment.otherwiseEmpty().compose(id -> id == null ? Future.succeededFuture() : vertx.undeploy(id));
    }

    private boolean moveOn(State from, State to) {
        Moment before = now.get();
        while (before.state() == from) {
            if (now.compareAndSet(before, before.with(to))) {
                return true;
            }
            before = now.get();
        }
        return false;
    }
}
