package io.flashsale.persistence.audit;

import io.flashsale.async.LocalCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;

/** Sends audit entries to {@link AuditVerticle}. */
public final class AuditClient implements AuditRecorder {
    static final String ADDRESS = "flashsale.persistence.audit";

    private final Vertx vertx;
    private final DeliveryOptions options;

    /**
     * Creates a client.
     *
     * @param timeout how long to wait for the entry to be written; the write continues after that
     */
    public AuditClient(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.options = new DeliveryOptions().setLocalOnly(true).setSendTimeout(timeout.toMillis());
    }

    /** Registers the bus codec of audit entries. Call it once per bus. */
    public static void registerCodecs(Vertx vertx) {
        LocalCodec.register(vertx.eventBus(), AuditEntry.class);
    }

    @Override
    public Future<Void> record(AuditEntry entry) {
        return vertx.eventBus()
                .request(ADDRESS, entry, options)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }
}
