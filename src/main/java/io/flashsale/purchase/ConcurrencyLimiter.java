package io.flashsale.purchase;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the number of concurrent purchases on this node. It is a class of its own so that further admission rules,
 * such as a waiting room, can be added here.
 *
 * <p>Shared by all verticles of a node.
 */
public final class ConcurrencyLimiter {
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * Creates a limiter.
     *
     * @param maxInFlight maximum number of concurrent purchases on this node
     */
    public ConcurrencyLimiter(int maxInFlight) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight must be at least 1");
        }
        this.maxInFlight = maxInFlight;
    }

    /** Acquires a permit, to be returned by {@link #release}; returns false if none is left. */
    boolean tryAcquire() {
        if (inFlight.incrementAndGet() <= maxInFlight) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void release() {
        inFlight.decrementAndGet();
    }

    /** Returns the number of purchases in flight on this node. */
    public int inFlight() {
        return inFlight.get();
    }
}
