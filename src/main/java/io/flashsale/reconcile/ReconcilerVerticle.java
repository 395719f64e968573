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

/** Runs the passes of the reconciler on a timer, and recovers sales on request. */
public final class ReconcilerVerticle extends VerticleBase {
    /** How long the start waits for the first pass; remaining sales are recovered while the node serves. */
    private static final Duration FIRST_PASS_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Says how often a pass runs.
     *
     * @param interval between the end of one pass and the start of the next
     */
    public record Settings(Duration interval) {
        private static final Duration MAX_INTERVAL = Duration.ofHours(1);

        /** Rejects values that cannot work. */
        public Settings {
            if (interval.toMillis() < 10 || interval.compareTo(MAX_INTERVAL) > 0) {
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
     * Creates the verticle.
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
                .compose(created -> {
                    reconciler = created;
                    passes = new PassScheduler(vertx, created::pass, settings.interval());
                    return DrainableConsumer.register(vertx, RecoveryClient.ADDRESS, this::recover);
                })
                .compose(registered -> {
                    consumer = registered;
                    // Before buyers are served: a restarted Redis is not certified, and every sale would answer 503
                    // once.
                    return passes.start(reconciler::firstPass, FIRST_PASS_TIMEOUT);
                });
    }

    @Override
    public Future<?> stop() {
        if (consumer == null) {
            return Future.succeededFuture();
        }
        reconciler.stopPass();
        return passes.stop().compose(ended -> consumer.drain()).eventually(reconciler::close);
    }

    private Future<?> recover(Message<RecoveryRequest> message) {
        return Futures.attempt(() -> reconciler.recover(
                        message.body().productId(), message.body().wrongEpoch()))
                .onSuccess(done -> message.reply("recovered"))
                .onFailure(failure -> message.fail(503, failure.getMessage()));
    }
}
