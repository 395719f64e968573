package io.flashsale.purchase;

import io.flashsale.async.DrainableConsumer;
import io.flashsale.async.Futures;
import io.flashsale.domain.PurchaseOutcome;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;

/** Consumes purchases from the event bus. Each instance has its own connection to Redis. */
public final class PurchaseVerticle extends VerticleBase {
    private final Function<Vertx, Future<PurchaseService>> factory;
    private PurchaseService purchases;
    private DrainableConsumer<PurchaseCommand> consumer;

    /**
     * Creates a verticle.
     *
     * @param factory connects to Redis on this instance's event loop and creates the service
     */
    public PurchaseVerticle(Function<Vertx, Future<PurchaseService>> factory) {
        this.factory = factory;
    }

    @Override
    public Future<?> start() {
        return factory.apply(vertx).compose(service -> {
            purchases = service;
            return DrainableConsumer.register(vertx, PurchaseClient.ADDRESS, this::buy)
                    .onSuccess(registered -> consumer = registered);
        });
    }

    @Override
    public Future<?> stop() {
        return consumer == null ? Future.succeededFuture() : consumer.drain().eventually(purchases::close);
    }

    private Future<?> buy(Message<PurchaseCommand> message) {
        return Futures.attempt(() -> purchases.buy(message.body()))
                .otherwise(failure -> new PurchaseOutcome.Unavailable())
                .onSuccess(message::reply);
    }
}
