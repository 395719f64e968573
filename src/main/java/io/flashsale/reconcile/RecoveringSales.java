package io.flashsale.reconcile;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lists the sales that are closed for recovery, with the start of each closure. Shared by all event loops of a node.
 */
public final class RecoveringSales {
    private final Clock clock;
    private final Map<String, Instant> since = new ConcurrentHashMap<>();

    /** Creates an empty list. */
    public RecoveringSales(Clock clock) {
        this.clock = clock;
    }

    void markClosed(String productId) {
        since.putIfAbsent(productId, clock.instant());
    }

    void markOpen(String productId) {
        since.remove(productId);
    }

    /** Returns the ids of the closed products, with the time at which each sale closed. */
    public Map<String, Instant> since() {
        return new TreeMap<>(since);
    }
}
