package io.flashsale.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * In which passes both stores are compared unit by unit. That reads every order of every sale: so there are passes in
 * between, and a node leaves the stores alone twice as long as its looks took, though never so long that a difference
 * stands for more than some seconds. A sale in which something was found is looked at in the next pass already, once: what
 * both looks saw alike is repaired.
 *
 * <p>Belongs to one event loop.
 */
final class ScanScheduler {
    private static final int RESTS = 2;
    private static final Duration MAX_REST = Duration.ofSeconds(5);

    private final int passesPerScan;
    private final int scansAtOnce;
    private final Clock clock;
    private final Set<String> suspected = new HashSet<>();
    private int passesUntilScan;
    private boolean scanning;
    private boolean scanned;
    private Duration took = Duration.ZERO;
    private Instant restSince;
    private Duration rest = Duration.ZERO;

    /**
     * Makes a pace.
     *
     * @param passesPerScan at the most one of so many passes looks
     * @param scansAtOnce sales that are looked at side by side
     */
    ScanScheduler(int passesPerScan, int scansAtOnce, Clock clock) {
        this.passesPerScan = passesPerScan;
        this.scansAtOnce = scansAtOnce;
        this.clock = clock;
        this.passesUntilScan = passesPerScan;
        this.restSince = clock.instant();
    }

    /** A pass begins. */
    void beginPass() {
        passesUntilScan = Math.max(0, passesUntilScan - 1);
        // A clock that was set back by more than that ends the rest, too.
        boolean rested = Duration.between(restSince, clock.instant()).abs().compareTo(rest) >= 0;
        scanning = passesUntilScan == 0 && rested;
        scanned = false;
        took = Duration.ZERO;
    }

    /** Whether this pass looks at a sale; asked once for each. */
    boolean isScanDue(String productId) {
        return suspected.remove(productId) || scanning;
    }

    /** A sale was looked at, which took that long, and something was found in it or not. */
    void scanned(String productId, Duration duration, boolean found) {
        scanned = true;
        took = took.plus(duration.abs());
        if (scanning && found) {
            suspected.add(productId);
        }
    }

    /** The pass is over. */
    void endPass() {
        if (scanning && scanned) {
            passesUntilScan = passesPerScan;
            restSince = clock.instant();
            Duration wanted = took.multipliedBy(RESTS).dividedBy(scansAtOnce);
            rest = wanted.compareTo(MAX_REST) < 0 ? wanted : MAX_REST;
        }
        scanning = false;
    }
}
