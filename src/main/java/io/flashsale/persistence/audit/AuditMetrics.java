package io.flashsale.persistence.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** How the audit log of this node is doing. For any thread. */
public final class AuditMetrics {
    private final Counter written;
    private final Counter repeated;
    private final Counter refused;
    private final Counter dropped;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Makes the meters. */
    public AuditMetrics(MeterRegistry meters) {
        written = counter(meters, "written");
        repeated = counter(meters, "repeated");
        refused = counter(meters, "refused");
        dropped = counter(meters, "dropped");
        meters.gauge("flashsale.audit.waiting", waiting);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("flashsale.audit.entries")
                .description("entries of the audit log")
                .tag("result", result)
                .register(meters);
    }

    void written(int entries) {
        written.increment(entries);
    }

    /** They were there already. */
    void repeated(int entries) {
        repeated.increment(entries);
    }

    /** MongoDB will never take it; it is in the log of the program instead. */
    void refused() {
        refused.increment();
    }

    /** There was no room to wait. */
    void dropped() {
        dropped.increment();
    }

    void waiting(int entries) {
        waiting.set(entries);
    }
}
