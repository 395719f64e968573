package io.flashsale.reconcile;

import io.flashsale.async.Futures;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.RecoveryRequest;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a pass of the reconciler again and again, and recovers sales on request. */
public final class ReconcilerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerVerticle.class);

    /** Longer than this a node does not keep its buyers waiting; the rest is recovered while it serves. */
    private static final Duration FIRST_PASS = Duration.ofSeconds(10);

    /**
     * How often.
     *
     * @param interval between the end of one pass and the begin of the next
     */
    public record Settings(Duration interval) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Refuses what cannot work. */
        public Settings {
            if (interval.toMillis() < 10 || interval.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("interval must be 10ms to 1h");
            }
        }
    }

    private final Function<Vertx, Future<Reconciler>> factory;
    private final Settings settings;
    private Reconciler reconciler;
    private Future<Void> pass = Future.succeededFuture();
    private long timer = -1;
    private boolean stopping;

    /**
     * Makes a verticle.
     *
     * @param factory connects to Redis on this instance's event loop and wires the reconciler to it
     */
    public ReconcilerVerticle(Function<Vertx, Future<Reconciler>> factory, Settings settings) {
        this.factory = factory;
        this.settings = settings;
    }

    @Override
    public Future<?> start() {
        return factory.apply(vertx)
                .compose(made -> {
                    reconciler = made;
                    return vertx.eventBus()
                            .<RecoveryRequest>localConsumer(RecoveryClient.ADDRESS, this::recover)
                            .completion();
                })
                .compose(listening -> firstPass());
    }

    /** Before the first buyer comes: a restarted Redis is not certified, and every sale would answer 503 once. */
    private Future<Void> firstPass() {
        return reconciler
                .firstPass()
                .timeout(FIRST_PASS.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .onComplete(done -> arm());
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        return pass.otherwiseEmpty();
    }

    /** Armed anew after each pass: a slow pass must not be overtaken by the next. */
    private void arm() {
        if (stopping) {
            return;
        }
        timer = vertx.setTimer(settings.interval().toMillis(), fired -> {
            pass = Futures.attempt(reconciler::pass);
            pass.onFailure(failure -> LOG.atDebug()
                            .addKeyValue("reason", failure.getMessage())
                            .log("pass of the reconciler ended early"))
                    .onComplete(done -> arm());
        });
    }

    private void recover(Message<RecoveryRequest> message) {
        Futures.attempt(() -> reconciler.recover(
                        message.body().productId(), message.body().wrongEpoch()))
                .onSuccess(done -> message.reply("recovered"))
                .onFailure(failure -> message.fail(503, failure.getMessage()));
    }
}
