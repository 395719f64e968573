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
 * Makes passes one after another, never two at once: each is armed when the one before has ended, however long that took.
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
     * Makes a scheduler that has not begun.
     *
     * @param pass begins a pass
     * @param interval between the end of one pass and the begin of the next
     */
    PassScheduler(Vertx vertx, Supplier<Future<Void>> pass, Duration interval) {
        this.vertx = vertx;
        this.pass = pass;
        this.intervalMillis = interval.toMillis();
    }

    /**
     * Begins with a pass at once.
     *
     * @param bound after which the caller waits no longer for the first pass, which goes on all the same
     * @return completes when the first pass has ended, whichever way, or the bound has passed
     */
    Future<Void> start(Supplier<Future<Void>> firstPass, Duration bound) {
        Promise<Void> waited = Promise.promise();
        long late = vertx.setTimer(bound.toMillis(), timer -> waited.tryComplete());
        run(firstPass);
        current.onComplete(done -> {
            vertx.cancelTimer(late);
            waited.tryComplete();
        });
        return waited.future();
    }

    /** Begins no more passes; completes when the current one has ended. */
    Future<Void> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        return current.otherwiseEmpty();
    }

    private void run(Supplier<Future<Void>> next) {
        Promise<Void> ended = Promise.promise();
        current = ended.future();
        // A pass that throws must not be the last one.
        Futures.attempt(next).onComplete(done -> {
            if (done.failed()) {
                LOG.atDebug()
                        .addKeyValue("reason", done.cause().getMessage())
                        .log("pass of the reconciler ended early");
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
