package io.flashsale.purchase;

import io.flashsale.async.LocalCodec;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.orders.OrderPersister;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Asks this node's reconciler to recover a sale. The reconciler sees to it that one asked for often is done once. */
public final class RecoveryClient implements OrderPersister.RecoveryRequester {
    /** Where the reconciler listens for {@link RecoveryRequest}; it replies when the sale is open again. */
    public static final String ADDRESS = "flashsale.reconcile.recover";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final DeliveryOptions options =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(TIMEOUT.toMillis());

    /** Makes a client. */
    public RecoveryClient(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Lets the messages of this room travel on the bus; once per bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), RecoveryRequest.class);
        LocalCodec.register(vertx.eventBus(), PurchaseCommand.class);
        LocalCodec.register(vertx.eventBus(), PurchaseOutcome.class);
    }

    /** A sale is not certified; does not wait. */
    public void request(String productId) {
        vertx.eventBus().send(ADDRESS, new RecoveryRequest(productId, 0), options);
    }

    /** A sale is certified, and proved wrong under that epoch; does not wait. */
    @Override
    public void requestBeyond(String productId, long wrongEpoch) {
        vertx.eventBus().send(ADDRESS, new RecoveryRequest(productId, wrongEpoch), options);
    }

    /**
     * A sale is not certified; waits until it is open again.
     *
     * @return fails where it could not be recovered now; the reconciler goes on trying
     */
    public Future<Void> recover(String productId) {
        return recoverBeyond(productId, 0);
    }

    /** A sale is to be read from MongoDB anew, unless that was done after that epoch; see {@link #recover}. */
    public Future<Void> recoverBeyond(String productId, long epoch) {
        return vertx.eventBus()
                .request(ADDRESS, new RecoveryRequest(productId, epoch), options)
                .mapEmpty();
    }
}
