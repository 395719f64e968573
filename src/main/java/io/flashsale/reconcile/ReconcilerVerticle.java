package io.flashsale.reconcile;

import io.flashsale.async.DrainableConsumer;
import io.flashsale.async.Futures;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.RecoveryRequest;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.function.Function;

/** Makes a pass of the reconciler again and again, and recovers sales on request. */
public final class ReconcilerVerticle extends VerticleBase {
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
    private PassScheduler passes;
    private DrainableConsumer<RecoveryRequest> consumer;

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
                    passes = new PassScheduler(vertx, made::pass, settings.interval());
                    return DrainableConsumer.register(vertx, RecoveryClient.ADDRESS, this::recover);
                })
                .compose(registered -> {
                    consumer = registered;
                    // Before the first buyer comes: a restarted Redis is not certified, and every sale would answer 503
                    // once.
                    return passes.start(reconciler::firstPass, FIRST_PASS);
                });
    }

    @Override
    public Future<?> stop() {
        if (consumer == null) {
            return Future.succeededFuture();
        }
        reconciler.endPass();
        return passes.stop().compose(ended -> consumer.drain()).eventually(reconciler::close);
    }

    private Future<?> recover(Message<RecoveryRequest> message) {
        return Futures.attempt(() -> reconciler.recover(
                        message.body().productId(), message.body().wrongEpoch()))
                .onSuccess(done -> message.reply("recovered"))
                .onFailure(failure -> message.fail(503, failure.getMessage()));
    }
}
