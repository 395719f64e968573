package io.flashsale.purchase;

import io.flashsale.async.LocalCodec;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.orders.OrderPersister;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Requests recoveries of sales from this node's reconciler, which coalesces repeated requests. */
public final class RecoveryClient implements OrderPersister.RecoveryRequester {
    /** Event bus address of {@link RecoveryRequest}. The reconciler replies when the sale is open again. */
    public static final String ADDRESS = "flashsale.reconcile.recover";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final DeliveryOptions options =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(TIMEOUT.toMillis());

    /** Creates a client. */
    public RecoveryClient(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Registers the event bus codecs of this package's messages; to be called once per bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), RecoveryRequest.class);
        LocalCodec.register(vertx.eventBus(), PurchaseCommand.class);
        LocalCodec.registerSealed(vertx.eventBus(), PurchaseOutcome.class);
    }

    /** Requests the recovery of an uncertified sale. Does not wait. */
    public void request(String productId) {
        vertx.eventBus().send(ADDRESS, new RecoveryRequest(productId, 0), options);
    }

    /** Requests the recovery of a certified sale that was found inconsistent under this epoch. Does not wait. */
    @Override
    public void requestBeyond(String productId, long wrongEpoch) {
        vertx.eventBus().send(ADDRESS, new RecoveryRequest(productId, wrongEpoch), options);
    }

    /**
     * Requests the recovery of an uncertified sale and waits until it is open again.
     *
     * @return fails if the recovery did not succeed now; the reconciler keeps retrying
     */
    public Future<Void> recover(String productId) {
        return recoverBeyond(productId, 0);
    }

    /** Requests a recovery unless the sale was recovered after this epoch, and waits like {@link #recover}. */
    public Future<Void> recoverBeyond(String productId, long epoch) {
        return vertx.eventBus()
                .request(ADDRESS, new RecoveryRequest(productId, epoch), options)
                .mapEmpty();
    }
}
