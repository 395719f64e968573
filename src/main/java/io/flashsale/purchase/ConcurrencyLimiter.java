package io.flashsale.purchase;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may come in to buy: as many at once on this node as the bound says. One step, so that another rule, such as a
 * waiting room, can join it.
 *
 * <p>Shared by all verticles of a node.
 */
public final class ConcurrencyLimiter {
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * Makes a door.
     *
     * @param maxInFlight purchases that may be under way at once on this node
     */
    public ConcurrencyLimiter(int maxInFlight) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight must be at least 1");
        }
        this.maxInFlight = maxInFlight;
    }

    /** Lets one in, who has to {@link #release} again, or says no. */
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

    /** Purchases under way on this node. */
    public int inFlight() {
        return inFlight.get();
    }
}
