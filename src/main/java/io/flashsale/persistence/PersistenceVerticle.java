package io.flashsale.persistence;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;

/** Takes orders off the bus and has them written in groups. */
public final class PersistenceVerticle extends VerticleBase {
    private final Function<Vertx, GroupCommit> commits;
    private GroupCommit commit;

    /**
     * Makes a verticle.
     *
     * @param commits makes the group commit of this instance
     */
    public PersistenceVerticle(Function<Vertx, GroupCommit> commits) {
        this.commits = commits;
    }

    @Override
    public Future<?> start() {
        commit = commits.apply(vertx);
        return vertx.eventBus()
                .<PlaceOrder>localConsumer(OrderClient.ADDRESS, this::place)
                .completion();
    }

    private void place(Message<PlaceOrder> message) {
        Futures.attempt(() -> commit.place(message.body().order()))
                .onSuccess(message::reply)
                .onFailure(failure -> message.reply(PlaceReply.unknown()));
    }
}
