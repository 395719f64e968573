package io.flashsale.purchase;

import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.PurchaseOutcome.Kind;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** The sending side of {@link PurchaseVerticle}, behind the bound on purchases under way. */
public final class PurchaseClient {
    static final String ADDRESS = "flashsale.purchase.buy";

    private final Vertx vertx;
    private final ConcurrencyLimiter concurrencyLimiter;
    private final PurchaseMetrics metrics;
    private final DeliveryOptions options;

    /**
     * Makes a client.
     *
     * @param timeout after which the outcome counts as unknown; longer than the script and the confirmation together
     */
    public PurchaseClient(
            Vertx vertx, ConcurrencyLimiter concurrencyLimiter, PurchaseMetrics metrics, Duration timeout) {
        this.metrics = metrics;
        this.vertx = vertx;
        this.concurrencyLimiter = concurrencyLimiter;
        this.options = new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    /** Buys; never fails, an outage is an outcome. */
    public Future<PurchaseOutcome> buy(PurchaseCommand command) {
        if (!concurrencyLimiter.tryAcquire()) {
            PurchaseOutcome overloaded = PurchaseOutcome.of(Kind.OVERLOADED);
            metrics.shed(overloaded);
            return Future.succeededFuture(overloaded);
        }
        Timer.Sample started = metrics.started();
        return vertx.eventBus()
                .<PurchaseOutcome>request(ADDRESS, command, options)
                .map(message -> message.body())
                .otherwise(failure -> PurchaseOutcome.of(Kind.UNAVAILABLE))
                .onComplete(done -> {
                    concurrencyLimiter.release();
                    metrics.answered(started, done.result());
                });
    }
}
