package io.flashsale.live;

import io.flashsale.async.LocalCodec;
import io.flashsale.redis.RedisSubscriber;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.function.Function;

/** Hears the stock events of all nodes on one connection, and hands them to the rooms of this node. */
public final class LiveVerticle extends VerticleBase {
    /** Where {@link StockEvent}s are published on the bus. */
    static final String EVENTS = "flashsale.live.events";

    /** Where it is told that events may have been missed. */
    static final String MISSED = "flashsale.live.missed";

    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private final Function<Vertx, Future<RedisSubscriber>> factory;
    private RedisSubscriber subscriber;

    /**
     * Makes a verticle.
     *
     * @param factory makes the subscriber of this instance
     */
    public LiveVerticle(Function<Vertx, Future<RedisSubscriber>> factory) {
        this.factory = factory;
    }

    /** Lets the messages of this room travel on the bus; once per bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), StockEvent.class);
    }

    @Override
    public Future<?> start() {
        return factory.apply(vertx).onSuccess(made -> {
            subscriber = made;
            subscriber.start(
                    message -> StockEvent.parse(message)
                            .ifPresent(event -> vertx.eventBus().publish(EVENTS, event, LOCAL)),
                    () -> vertx.eventBus().publish(MISSED, "", LOCAL));
        });
    }

    @Override
    public Future<?> stop() {
        return subscriber == null ? Future.succeededFuture() : subscriber.close();
    }
}
