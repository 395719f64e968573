package io.flashsale.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides in which passes both stores are compared unit by unit.
 *
 * <p>Such a scan reads every order of every sale. So a node makes passes without a scan in between, and pauses twice as
 * long as its scans took, but only for a few seconds, so that a difference does not last. A sale with a discrepancy is
 * scanned once more in the very next pass, since a discrepancy that both scans found is repaired.
 *
 * <p>Belongs to one event loop.
 */
final class ScanScheduler {
    private static final int PAUSE_FACTOR = 2;
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final int passesPerScan;
    private final int scansAtOnce;
    private final Clock clock;
    private final Set<String> suspects = new HashSet<>();
    private int passesUntilScan;
    private boolean scanning;
    private boolean scanned;
    private Duration scanTime = Duration.ZERO;
    private Instant pausedAt;
    private Duration pause = Duration.ZERO;

    /**
     * Creates a scheduler.
     *
     * @param passesPerScan least number of passes from one scan to the next
     * @param scansAtOnce number of sales that are scanned concurrently
     */
    ScanScheduler(int passesPerScan, int scansAtOnce, Clock clock) {
        this.passesPerScan = passesPerScan;
        this.scansAtOnce = scansAtOnce;
        this.clock = clock;
        this.passesUntilScan = passesPerScan;
        this.pausedAt = clock.instant();
    }

    /** Begins a pass. */
    void beginPass() {
        passesUntilScan = Math.max(0, passesUntilScan - 1);
        // A clock that was set back by more than the pause ends it, too.
        boolean pauseOver = Duration.between(pausedAt, clock.instant()).abs().compareTo(pause) >= 0;
        scanning = passesUntilScan == 0 && pauseOver;
        scanned = false;
        scanTime = Duration.ZERO;
    }

    /** Returns whether this pass scans a sale; to be called once for each sale. */
    boolean isScanDue(String productId) {
        return suspects.remove(productId) || scanning;
    }

    /** Records the scan of a sale, its duration, and whether it found a discrepancy. */
    void scanned(String productId, Duration duration, boolean found) {
        scanned = true;
        scanTime = scanTime.plus(duration.abs());
        if (scanning && found) {
            suspects.add(productId);
        }
    }

    /** Ends the pass. */
    void endPass() {
        if (scanning && scanned) {
            passesUntilScan = passesPerScan;
            pausedAt = clock.instant();
            Duration wanted = scanTime.multipliedBy(PAUSE_FACTOR).dividedBy(scansAtOnce);
            pause = wanted.compareTo(MAX_PAUSE) < 0 ? wanted : MAX_PAUSE;
        }
        scanning = false;
    }
}
