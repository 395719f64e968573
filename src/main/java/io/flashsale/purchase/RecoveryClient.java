package io.flashsale.purchase;

import io.flashsale.persistence.LocalCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Asks this node's reconciler to recover a sale. The reconciler sees to it that one asked for often is done once. */
public final class RecoveryClient {
    /** Where the reconciler listens for {@link RecoveryRequest}; it replies when the sale is open again. */
    public static final String ADDRESS = "flashsale.reconcile.recover";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final DeliveryOptions options =
            new DeliveryOptions().setLocalOnly(true).setSendTimeout(PATIENCE.toMillis());

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

    /** Asks, and does not wait. */
    public void request(String productId) {
        vertx.eventBus().send(ADDRESS, new RecoveryRequest(productId), options);
    }

    /**
     * Asks, and waits until the sale is open again.
     *
     * @return fails where it could not be recovered now; the reconciler goes on trying
     */
    public Future<Void> recover(String productId) {
        return vertx.eventBus()
                .request(ADDRESS, new RecoveryRequest(productId), options)
                .mapEmpty();
    }
}
