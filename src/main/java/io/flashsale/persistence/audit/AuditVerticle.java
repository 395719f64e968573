package io.flashsale.persistence.audit;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;

/** Receives audit entries from the bus and passes them to the log. */
public final class AuditVerticle extends VerticleBase {
    private final Function<Vertx, AuditLog> logs;
    private AuditLog log;

    /**
     * Creates a verticle.
     *
     * @param logs creates the log of this instance
     */
    public AuditVerticle(Function<Vertx, AuditLog> logs) {
        this.logs = logs;
    }

    @Override
    public Future<?> start() {
        log = logs.apply(vertx);
        return vertx.eventBus()
                .<AuditEntry>localConsumer(AuditClient.ADDRESS, this::record)
                .completion();
    }

    @Override
    public Future<?> stop() {
        return log.flush().otherwiseEmpty();
    }

    private void record(Message<AuditEntry> message) {
        Futures.attempt(() -> log.record(message.body())).onComplete(done -> message.reply("recorded"));
    }
}
