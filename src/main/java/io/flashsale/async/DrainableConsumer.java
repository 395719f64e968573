package io.flashsale.async;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Function;

/**
 * Consumes messages of the local event bus and can be drained, so that every message it has begun to handle is
 * finished. Undeploying a verticle alone does not wait for messages.
 *
 * <p>Belongs to the event loop that creates it.
 *
 * @param <T> the type of the messages
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
     * Registers a consumer.
     *
     * @param handler handles a message and replies to it; its future completes, or fails, when that is done
     * @return the consumer, once it is registered
     */
    public static <T> Future<DrainableConsumer<T>> register(
            Vertx vertx, String address, Function<Message<T>, Future<?>> handler) {
        DrainableConsumer<T> created = new DrainableConsumer<>(handler);
        created.consumer = vertx.eventBus().localConsumer(address, created::handle);
        return created.consumer.completion().map(created);
    }

    private void handle(Message<T> message) {
        underWay++;
        // Also handles exceptions: a message that is never counted down would block the drain.
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

    /** Accepts no more messages; completes when all accepted messages are handled. */
    public Future<Void> drain() {
        return consumer.unregister().otherwiseEmpty().compose(gone -> {
            draining = true;
            completeWhenIdle();
            return idle.future();
        });
    }
}
