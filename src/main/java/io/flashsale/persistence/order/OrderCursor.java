package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Completable;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;

/** Streams orders with back-pressure, holding at most one batch in memory. Confined to one event loop. */
public final class OrderCursor {
    private final ReadStream<JsonObject> documents;
    private boolean ended;

    OrderCursor(ReadStream<JsonObject> documents) {
        this.documents = documents;
    }

    /**
     * Starts reading.
     *
     * @param each receives each order
     * @param end completed once, after the last order or with the failure; never after {@link #stop}
     */
    public void read(Handler<Order> each, Completable<Void> end) {
        documents.exceptionHandler(failure -> end(() -> end.fail(MongoGateway.classify(failure))));
        documents.endHandler(done -> end(end::succeed));
        documents.handler(document -> {
            if (!ended) {
                each.handle(OrderDocuments.toOrder(document));
            }
        });
    }

    private void end(Runnable notification) {
        if (!ended) {
            ended = true;
            notification.run();
        }
    }

    /** Pauses the stream. */
    public void pause() {
        documents.pause();
    }

    /** Resumes the stream. */
    public void resume() {
        documents.resume();
    }

    /** Stops reading early and closes the cursor in MongoDB. May be called at any time. */
    public void stop() {
        if (!ended) {
            ended = true;
            documents.handler(null);
        }
    }
}
