package io.flashsale.persistence.order;

import io.flashsale.async.LocalCodec;
import io.flashsale.domain.Order;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Sends orders to {@link PersistenceVerticle}. */
public final class OrderClient implements OrderInserter {
    static final String ADDRESS = "flashsale.persistence.place";

    private final Vertx vertx;
    private final DeliveryOptions options;

    /**
     * Creates a client.
     *
     * @param timeout how long to wait for a reply; the write continues after that
     */
    public OrderClient(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.options = new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    /** Registers the bus codecs of this package's messages. Call it once per bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), PersistOrder.class);
        LocalCodec.register(vertx.eventBus(), PersistResult.class);
    }

    @Override
    public Future<PersistResult> place(Order order) {
        return vertx.eventBus()
                .<PersistResult>request(ADDRESS, new PersistOrder(order), options)
                .map(message -> message.body())
                .otherwise(failure -> PersistResult.unknown());
    }
}
