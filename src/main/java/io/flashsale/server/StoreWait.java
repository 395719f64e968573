package io.flashsale.server;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits during the start for stores that do not answer yet, one after another. Reports it in the log every few seconds,
 * and as the reason why the node is not ready.
 *
 * <p>Belongs to one event loop; {@link #detail} may be called by any thread.
 */
public final class StoreWait {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWait.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Clock clock;
    private final BooleanSupplier stopping;
    private volatile Waiting current;

    /** Holds the store that the node waits for. */
    private static final class Waiting {
        private final String store;
        private final String address;
        private final long sinceMillis;
        private volatile String reason = "no answer yet";
        private boolean logged;
        private long logTimer;

        private Waiting(String store, String address, long sinceMillis) {
            this.store = store;
            this.address = address;
            this.sinceMillis = sinceMillis;
        }
    }

    /**
     * Creates one for a start.
     *
     * @param stopping whether the node is stopping; then the next failure ends the wait
     */
    public StoreWait(Vertx vertx, Clock clock, BooleanSupplier stopping) {
        this.vertx = vertx;
        this.clock = clock;
        this.stopping = stopping;
    }

    /**
     * Retries a step until it succeeds.
     *
     * @param store the name of the store, such as MongoDB
     * @param address the address of the store, without a password
     * @param step is retried one second after each failure
     * @return fails if the node is stopping, or if the step fails with an {@link IllegalArgumentException}, which
     *     waiting cannot fix
     */
    public <T> Future<T> until(String store, String address, Supplier<Future<T>> step) {
        Waiting waiting = new Waiting(store, address, clock.millis());
        current = waiting;
        Promise<T> promise = Promise.promise();
        waiting.logTimer = vertx.setTimer(LOG_INTERVAL.toMillis(), late -> log(waiting));
        attempt(waiting, step, promise);
        return promise.future().onComplete(done -> {
            vertx.cancelTimer(waiting.logTimer);
            current = null;
            if (done.succeeded() && waiting.logged) {
                LOG.atInfo()
                        .addKeyValue("store", waiting.store)
                        .addKeyValue("seconds", seconds(waiting))
                        .log("store answered");
            }
        });
    }

    private <T> void attempt(Waiting waiting, Supplier<Future<T>> step, Promise<T> promise) {
        Futures.attempt(step).onSuccess(promise::complete).onFailure(failure -> {
            waiting.reason = FailureSummary.of(failure);
            if (stopping.getAsBoolean() || failure instanceof IllegalArgumentException) {
                promise.fail(failure);
                return;
            }
            if (!waiting.logged) {
                vertx.cancelTimer(waiting.logTimer);
                log(waiting);
            }
            vertx.setTimer(PAUSE.toMillis(), again -> attempt(waiting, step, promise));
        });
    }

    private void log(Waiting waiting) {
        waiting.logged = true;
        waiting.logTimer = vertx.setTimer(LOG_INTERVAL.toMillis(), again -> log(waiting));
        LOG.atWarn()
                .addKeyValue("store", waiting.store)
                .addKeyValue("address", waiting.address)
                .addKeyValue("seconds", seconds(waiting))
                .addKeyValue("reason", waiting.reason)
                .log("waiting for a store");
    }

    private long seconds(Waiting waiting) {
        return Math.max(0, clock.millis() - waiting.sinceMillis) / 1_000;
    }

    /** Returns the reason why the node is not ready, for operators. */
    public String detail() {
        Waiting waiting = current;
        return waiting == null
                ? "starting"
                : "starting: waiting for " + waiting.store + " at " + waiting.address + ": " + waiting.reason;
    }
}
