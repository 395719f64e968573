package io.flashsale.persistence.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures the audit log of this node. Thread-safe. */
public final class AuditMetrics {
    private final Counter written;
    private final Counter repeated;
    private final Counter refused;
    private final Counter dropped;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Registers the meters. */
    public AuditMetrics(MeterRegistry meters) {
        written = counter(meters, "written");
        repeated = counter(meters, "repeated");
        refused = counter(meters, "refused");
        dropped = counter(meters, "dropped");
        meters.gauge("flashsale.audit.waiting", waiting);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("flashsale.audit.entries")
                .description("audit log entries by result")
                .tag("result", result)
                .register(meters);
    }

    void written(int entries) {
        written.increment(entries);
    }

    /** Counts entries that were already in the log. */
    void repeated(int entries) {
        repeated.increment(entries);
    }

    /** Counts an entry that MongoDB rejected permanently; it is in the application log instead. */
    void refused() {
        refused.increment();
    }

    /** Counts an entry that was dropped because the queue was full. */
    void dropped() {
        dropped.increment();
    }

    void waiting(int entries) {
        waiting.set(entries);
    }
}
