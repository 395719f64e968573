package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.support.AheadClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often both stores are compared unit by unit. */
class ScanSchedulerTest {
    private final AheadClock clock = new AheadClock();

    /** In which of the first passes is looked, one a second, where a look takes so long. */
    private List<Integer> looks(int passesPerLook, int secondsForALook, int passes) {
        ScanScheduler pace = new ScanScheduler(passesPerLook, 2, clock);
        List<Integer> looks = new ArrayList<>();
        for (int pass = 1; pass <= passes; pass++) {
            pace.passBegins();
            if (pace.isLookingAt("p")) {
                looks.add(pass);
                clock.advance(Duration.ofSeconds(secondsForALook));
                // Two at once.
                pace.looked("p", Duration.ofSeconds(secondsForALook), false);
                pace.looked("q", Duration.ofSeconds(secondsForALook), false);
            }
            pace.passEnds();
            clock.advance(Duration.ofSeconds(1));
        }
        return looks;
    }

    @Test
    void everySoManyPasses() {
        assertEquals(List.of(5, 10, 15, 20), looks(5, 1, 20));
        assertEquals(List.of(1, 2, 3), looks(1, 0, 3));
    }

    @Test
    void andTwiceAsLongAsALookTookNot() {
        assertEquals(List.of(1, 5, 9, 13, 17), looks(1, 2, 20));
    }

    @Test
    void butNeverForMoreThanSomeSeconds() {
        assertEquals(List.of(1, 6, 11, 16), looks(1, 10, 20));
    }

    /** Recoveries, and stores that do not answer, are no reason to look less. */
    @Test
    void whatElseAPassDoesIsNotCounted() {
        // given
        ScanScheduler pace = new ScanScheduler(1, 2, clock);
        pace.passBegins();
        pace.looked("p", Duration.ofMillis(100), false);
        clock.advance(Duration.ofSeconds(60));
        pace.passEnds();

        // when
        clock.advance(Duration.ofSeconds(1));
        pace.passBegins();

        // then
        assertTrue(pace.isLookingAt("p"));
    }

    @Test
    void aPassThatFailedBeforeItLookedIsMadeUpFor() {
        // given
        ScanScheduler pace = new ScanScheduler(2, 2, clock);
        for (int pass = 1; pass <= 2; pass++) {
            pace.passBegins();
            pace.passEnds();
        }

        // when
        pace.passBegins();

        // then
        assertTrue(pace.isLookingAt("p"));
    }

    @Test
    void aSaleInWhichSomethingWasFoundIsLookedAtOnceMoreInTheNextPass() {
        // given
        ScanScheduler pace = new ScanScheduler(3, 2, clock);
        List<Integer> looks = new ArrayList<>();

        // when
        for (int pass = 1; pass <= 7; pass++) {
            pace.passBegins();
            if (pace.isLookingAt("p")) {
                looks.add(pass);
                pace.looked("p", Duration.ZERO, true);
            }
            assertEquals(pass % 3 == 0, pace.isLookingAt("another"));
            pace.passEnds();
        }

        // then
        assertEquals(List.of(3, 4, 6, 7), looks);
    }

    @Test
    void aClockThatWasSetBackKeepsNobodyFromLooking() {
        // given
        ScanScheduler pace = new ScanScheduler(1, 2, clock);
        pace.passBegins();
        pace.looked("p", Duration.ofSeconds(10), false);
        pace.passEnds();

        // when
        clock.advance(Duration.ofHours(-1));
        pace.passBegins();

        // then
        assertTrue(pace.isLookingAt("p"));
    }
}
