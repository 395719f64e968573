package io.flashsale.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Who listens on this node, and who was not let in or sent away. */
public final class LiveMetrics {
    private final AtomicInteger clients;
    private final Counter refused;
    private final Counter dropped;

    /**
     * Registers them.
     *
     * @param clients who listen now; shared by all event loops
     */
    public LiveMetrics(MeterRegistry meters, AtomicInteger clients) {
        this.clients = clients;
        meters.gauge("flashsale.live.clients", clients);
        this.refused = meters.counter("flashsale.live.refused");
        this.dropped = meters.counter("flashsale.live.dropped");
    }

    /** Takes one more in, if there is room. */
    boolean enter(int max) {
        if (clients.incrementAndGet() <= max) {
            return true;
        }
        clients.decrementAndGet();
        refused.increment();
        return false;
    }

    boolean isFull(int max) {
        return clients.get() >= max;
    }

    void leave() {
        clients.decrementAndGet();
    }

    void dropped() {
        dropped.increment();
    }
}
