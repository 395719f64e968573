package io.flashsale.purchase;

import io.flashsale.domain.PurchaseOutcome;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Sends purchases to {@link PurchaseVerticle}, within the limit on concurrent purchases. */
public final class PurchaseClient {
    static final String ADDRESS = "flashsale.purchase.buy";

    private final Vertx vertx;
    private final ConcurrencyLimiter concurrencyLimiter;
    private final PurchaseMetrics metrics;
    private final DeliveryOptions options;

    /**
     * Creates a client.
     *
     * @param timeout how long to wait before the outcome counts as unknown; must exceed the timeouts of the script and
     *     of the confirmation together
     */
    public PurchaseClient(
            Vertx vertx, ConcurrencyLimiter concurrencyLimiter, PurchaseMetrics metrics, Duration timeout) {
        this.metrics = metrics;
        this.vertx = vertx;
        this.concurrencyLimiter = concurrencyLimiter;
        this.options = new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    /** Buys; never fails, because an outage is an outcome, too. */
    public Future<PurchaseOutcome> buy(PurchaseCommand command) {
        if (!concurrencyLimiter.tryAcquire()) {
            PurchaseOutcome overloaded = new PurchaseOutcome.Overloaded();
            metrics.shed(overloaded);
            return Future.succeededFuture(overloaded);
        }
        Timer.Sample started = metrics.started();
        return vertx.eventBus()
                .<PurchaseOutcome>request(ADDRESS, command, options)
                .map(message -> message.body())
                .otherwise(failure -> new PurchaseOutcome.Unavailable())
                .onComplete(done -> {
                    concurrencyLimiter.release();
                    metrics.answered(started, done.result());
                });
    }
}
