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

    private final int passesPerLook;
    private final int looksAtOnce;
    private final Clock clock;
    private final Set<String> suspected = new HashSet<>();
    private int passesUntilLook;
    private boolean looking;
    private boolean looked;
    private Duration took = Duration.ZERO;
    private Instant restSince;
    private Duration rest = Duration.ZERO;

    /**
     * Makes a pace.
     *
     * @param passesPerLook at the most one of so many passes looks
     * @param looksAtOnce sales that are looked at side by side
     */
    ScanScheduler(int passesPerLook, int looksAtOnce, Clock clock) {
        this.passesPerLook = passesPerLook;
        this.looksAtOnce = looksAtOnce;
        this.clock = clock;
        this.passesUntilLook = passesPerLook;
        this.restSince = clock.instant();
    }

    /** A pass begins. */
    void passBegins() {
        passesUntilLook = Math.max(0, passesUntilLook - 1);
        // A clock that was set back by more than that ends the rest, too.
        boolean rested = Duration.between(restSince, clock.instant()).abs().compareTo(rest) >= 0;
        looking = passesUntilLook == 0 && rested;
        looked = false;
        took = Duration.ZERO;
    }

    /** Whether this pass looks at a sale; asked once for each. */
    boolean isLookingAt(String productId) {
        return suspected.remove(productId) || looking;
    }

    /** A sale was looked at, which took that long, and something was found in it or not. */
    void looked(String productId, Duration duration, boolean found) {
        looked = true;
        took = took.plus(duration.abs());
        if (looking && found) {
            suspected.add(productId);
        }
    }

    /** The pass is over. */
    void passEnds() {
        if (looking && looked) {
            passesUntilLook = passesPerLook;
            restSince = clock.instant();
            Duration wanted = took.multipliedBy(RESTS).dividedBy(looksAtOnce);
            rest = wanted.compareTo(MAX_REST) < 0 ? wanted : MAX_REST;
        }
        looking = false;
    }
}
