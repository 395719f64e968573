package io.flashsale.live;

import io.flashsale.async.LocalCodec;
import io.flashsale.redis.RedisSubscriber;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.function.Function;

/**
 * Receives the stock events of all nodes on one Redis connection and distributes them to the event loops of this node.
 */
public final class LiveVerticle extends VerticleBase {
    /** The event bus address of {@link StockEvent}s. */
    static final String EVENTS = "flashsale.live.events";

    /** The event bus address that announces that events may have been missed. */
    static final String MISSED = "flashsale.live.missed";

    private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private final Function<Vertx, Future<RedisSubscriber>> factory;
    private RedisSubscriber subscriber;

    /**
     * Creates the verticle.
     *
     * @param factory creates the subscriber of this instance
     */
    public LiveVerticle(Function<Vertx, Future<RedisSubscriber>> factory) {
        this.factory = factory;
    }

    /** Registers the message codecs of this package; to be called once for each event bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), StockEvent.class);
    }

    @Override
    public Future<?> start() {
        return factory.apply(vertx).onSuccess(created -> {
            subscriber = created;
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
