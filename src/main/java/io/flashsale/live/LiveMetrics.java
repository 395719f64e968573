package io.flashsale.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connected, refused and dropped live clients of this node. */
public final class LiveMetrics {
    private final AtomicInteger clients;
    private final Counter refused;
    private final Counter dropped;

    /**
     * Registers the meters.
     *
     * @param clients number of clients connected now; shared by all event loops
     */
    public LiveMetrics(MeterRegistry meters, AtomicInteger clients) {
        this.clients = clients;
        meters.gauge("flashsale.live.clients", clients);
        this.refused = meters.counter("flashsale.live.refused");
        this.dropped = meters.counter("flashsale.live.dropped");
    }

    /** Counts one more client in, unless the limit is reached. */
    boolean tryAcquire(int max) {
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

    void release() {
        clients.decrementAndGet();
    }

    void dropped() {
        dropped.increment();
    }
}
