package io.flashsale.reconcile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * In which passes both stores are compared unit by unit. That reads every order of every sale: so there are passes in
 * between, and however much there is to read, the stores are left alone four times as long as it took.
 *
 * <p>Belongs to one event loop.
 */
final class LookPace {
    private static final int RESTS = 4;

    private final int passesPerLook;
    private final Clock clock;
    private int passesUntilLook;
    private Instant begun;
    private Instant restSince;
    private Duration rest = Duration.ZERO;
    private boolean looking;

    LookPace(int passesPerLook, Clock clock) {
        this.passesPerLook = passesPerLook;
        this.clock = clock;
        this.passesUntilLook = passesPerLook;
        this.restSince = clock.instant();
        this.begun = restSince;
    }

    /** A pass begins. */
    void passBegins() {
        begun = clock.instant();
        passesUntilLook = Math.max(0, passesUntilLook - 1);
        // A clock that was set back by more than that ends the rest, too.
        boolean rested = Duration.between(restSince, begun).abs().compareTo(rest) >= 0;
        looking = passesUntilLook == 0 && rested;
    }

    /** Whether this pass looks. */
    boolean isLooking() {
        return looking;
    }

    /** The pass is over. */
    void passEnds() {
        if (looking) {
            looking = false;
            passesUntilLook = passesPerLook;
            restSince = clock.instant();
            rest = Duration.between(begun, restSince).multipliedBy(RESTS);
        }
    }
}
