package io.flashsale.async;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Function;

/**
 * Consumes messages of the local event bus, and can end without losing one that it has begun with: undeploying a verticle
 * by itself waits for nothing.
 *
 * <p>Belongs to the event loop that makes it.
 *
 * @param <T> of the messages
 */
public final class DrainableConsumer<T> {
    private final Function<Message<T>, Future<?>> handler;
    private final Promise<Void> idle = Promise.promise();
    private MessageConsumer<T> consumer;
    private int underWay;
    private boolean draining;

    private DrainableConsumer(Function<Message<T>, Future<?>> handler) {
        this.handler = handler;
    }

    /**
     * Begins to consume.
     *
     * @param handler handles a message and replies to it; what it returns completes when that is done, whichever way
     * @return the consumer, when it is registered
     */
    public static <T> Future<DrainableConsumer<T>> register(
            Vertx vertx, String address, Function<Message<T>, Future<?>> handler) {
        DrainableConsumer<T> made = new DrainableConsumer<>(handler);
        made.consumer = vertx.eventBus().localConsumer(address, made::handle);
        return made.consumer.completion().map(made);
    }

    private void handle(Message<T> message) {
        underWay++;
        // Also where the handler throws: a message that is counted for ever would hold up the drain.
        Futures.attempt(() -> handler.apply(message).<Void>mapEmpty()).onComplete(done -> {
            underWay--;
            completeWhenIdle();
        });
    }

    private void completeWhenIdle() {
        if (draining && underWay == 0) {
            idle.tryComplete();
        }
    }

    /** Takes no more messages; completes when those that it took are handled. */
    public Future<Void> drain() {
        return consumer.unregister().otherwiseEmpty().compose(gone -> {
            draining = true;
            completeWhenIdle();
            return idle.future();
        });
    }
}
