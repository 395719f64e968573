package io.flashsale.persistence.order;

import io.flashsale.async.LocalCodec;
import io.flashsale.domain.Order;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** The sending side of {@link PersistenceVerticle}. */
public final class OrderClient implements OrderInserter {
    static final String ADDRESS = "flashsale.persistence.place";

    private final Vertx vertx;
    private final DeliveryOptions options;

    /**
     * Makes a client.
     *
     * @param timeout how long an answer is waited for; the write goes on after that
     */
    public OrderClient(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.options = new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    /** Lets the messages of this room travel on the bus; once per bus. */
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
