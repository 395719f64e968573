package io.flashsale.reconcile;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs passes one after another and never two at once: the timer of a pass starts when the previous pass has ended.
 *
 * <p>Belongs to one event loop.
 */
final class PassScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(PassScheduler.class);

    private final Vertx vertx;
    private final Supplier<Future<Void>> pass;
    private final long intervalMillis;
    private Future<Void> current = Future.succeededFuture();
    private long timer = -1;
    private boolean stopping;

    /**
     * Creates a scheduler that is not started.
     *
     * @param pass starts a pass
     * @param interval between the end of one pass and the start of the next
     */
    PassScheduler(Vertx vertx, Supplier<Future<Void>> pass, Duration interval) {
        this.vertx = vertx;
        this.pass = pass;
        this.intervalMillis = interval.toMillis();
    }

    /**
     * Starts the first pass at once.
     *
     * @param timeout how long the caller waits for the first pass, which continues after it
     * @return completes when the first pass has succeeded or failed, or after the timeout
     */
    Future<Void> start(Supplier<Future<Void>> firstPass, Duration timeout) {
        Promise<Void> waited = Promise.promise();
        long timeoutTimer = vertx.setTimer(timeout.toMillis(), timer -> waited.tryComplete());
        run(firstPass);
        current.onComplete(done -> {
            vertx.cancelTimer(timeoutTimer);
            waited.tryComplete();
        });
        return waited.future();
    }

    /** Starts no more passes; completes when the current one has ended. */
    Future<Void> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        return current.otherwiseEmpty();
    }

    private void run(Supplier<Future<Void>> next) {
        Promise<Void> ended = Promise.promise();
        current = ended.future();
        // An exception must not end the series of passes.
        Futures.attempt(next).onComplete(done -> {
            if (done.failed()) {
                LOG.atDebug().addKeyValue("reason", done.cause().getMessage()).log("reconciler pass failed");
            }
            arm();
            ended.handle(done);
        });
    }

    private void arm() {
        if (!stopping) {
            timer = vertx.setTimer(intervalMillis, fired -> run(pass));
        }
    }
}
