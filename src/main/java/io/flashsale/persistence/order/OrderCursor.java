package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Completable;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;

/** Orders one after another, as fast as they are taken: only a batch of them is ever held. Belongs to one event loop. */
public final class OrderCursor {
    private final ReadStream<JsonObject> documents;
    private boolean over;

    OrderCursor(ReadStream<JsonObject> documents) {
        this.documents = documents;
    }

    /**
     * Begins to read.
     *
     * @param each takes an order
     * @param end is told once that there are no more, or why the rest cannot be read; not after {@link #stop}
     */
    public void read(Handler<Order> each, Completable<Void> end) {
        documents.exceptionHandler(failure -> end(() -> end.fail(MongoGateway.classify(failure))));
        documents.endHandler(done -> end(end::succeed));
        documents.handler(document -> {
            if (!over) {
                each.handle(OrderDocuments.toOrder(document));
            }
        });
    }

    private void end(Runnable tell) {
        if (!over) {
            over = true;
            tell.run();
        }
    }

    /** No more for now. */
    public void pause() {
        documents.pause();
    }

    /** Goes on. */
    public void resume() {
        documents.resume();
    }

    /** Ends it before its end, in MongoDB too. May be called at any time. */
    public void stop() {
        if (!over) {
            over = true;
            documents.handler(null);
        }
    }
}
