package io.flashsale.persistence.order;

import io.flashsale.async.DrainableConsumer;
import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;

/** Receives orders from the bus and writes them by group commit. */
public final class PersistenceVerticle extends VerticleBase {
    private final Function<Vertx, GroupCommit> commits;
    private GroupCommit commit;
    private DrainableConsumer<PersistOrder> consumer;

    /**
     * Creates a verticle.
     *
     * @param commits creates the group commit of this instance
     */
    public PersistenceVerticle(Function<Vertx, GroupCommit> commits) {
        this.commits = commits;
    }

    @Override
    public Future<?> start() {
        commit = commits.apply(vertx);
        return DrainableConsumer.register(vertx, OrderClient.ADDRESS, this::place)
                .onSuccess(registered -> consumer = registered);
    }

    @Override
    public Future<?> stop() {
        return consumer == null ? Future.succeededFuture() : consumer.drain();
    }

    private Future<?> place(Message<PersistOrder> message) {
        return Futures.attempt(() -> commit.place(message.body().order()))
                .otherwise(failure -> PersistResult.unknown())
                .onSuccess(message::reply);
    }
}
