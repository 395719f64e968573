package io.flashsale.reconcile;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Which sales this node knows to be closed for recovery, and since when. Shared by all event loops of a node. */
public final class RecoveringSales {
    private final Clock clock;
    private final Map<String, Instant> since = new ConcurrentHashMap<>();

    /** Makes an empty list. */
    public RecoveringSales(Clock clock) {
        this.clock = clock;
    }

    void closed(String productId) {
        since.putIfAbsent(productId, clock.instant());
    }

    void open(String productId) {
        since.remove(productId);
    }

    /** Product ids, and since when nothing of them is sold. */
    public Map<String, Instant> since() {
        return new TreeMap<>(since);
    }
}
