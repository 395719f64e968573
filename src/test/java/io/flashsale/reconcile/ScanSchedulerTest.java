package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.support.AheadClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests how often both stores are compared unit by unit. */
class ScanSchedulerTest {
    private final AheadClock clock = new AheadClock();

    /** Returns the numbers of the passes that scan, with a second between passes and the given time for each scan. */
    private List<Integer> scans(int passesPerScan, int secondsPerScan, int passes) {
        ScanScheduler scheduler = new ScanScheduler(passesPerScan, 2, clock);
        List<Integer> scans = new ArrayList<>();
        for (int pass = 1; pass <= passes; pass++) {
            scheduler.beginPass();
            if (scheduler.isScanDue("p")) {
                scans.add(pass);
                clock.advance(Duration.ofSeconds(secondsPerScan));
                // Two sales are scanned concurrently.
                scheduler.scanned("p", Duration.ofSeconds(secondsPerScan), false);
                scheduler.scanned("q", Duration.ofSeconds(secondsPerScan), false);
            }
            scheduler.endPass();
            clock.advance(Duration.ofSeconds(1));
        }
        return scans;
    }

    @Test
    void scansInEveryFifthPass() {
        assertEquals(List.of(5, 10, 15, 20), scans(5, 1, 20));
        assertEquals(List.of(1, 2, 3), scans(1, 0, 3));
    }

    @Test
    void pausesTwiceAsLongAsAScanTook() {
        assertEquals(List.of(1, 5, 9, 13, 17), scans(1, 2, 20));
    }

    @Test
    void pausesForAFewSecondsAtMost() {
        assertEquals(List.of(1, 6, 11, 16), scans(1, 10, 20));
    }

    /** Recoveries, and stores that do not answer, must not make scans rarer. */
    @Test
    void onlyTheTimeOfScansCounts() {
        // given
        ScanScheduler scheduler = new ScanScheduler(1, 2, clock);
        scheduler.beginPass();
        scheduler.scanned("p", Duration.ofMillis(100), false);
        clock.advance(Duration.ofSeconds(60));
        scheduler.endPass();

        // when
        clock.advance(Duration.ofSeconds(1));
        scheduler.beginPass();

        // then
        assertTrue(scheduler.isScanDue("p"));
    }

    @Test
    void aPassThatFailedBeforeItsScanIsMadeUpFor() {
        // given
        ScanScheduler scheduler = new ScanScheduler(2, 2, clock);
        for (int pass = 1; pass <= 2; pass++) {
            scheduler.beginPass();
            scheduler.endPass();
        }

        // when
        scheduler.beginPass();

        // then
        assertTrue(scheduler.isScanDue("p"));
    }

    @Test
    void aSuspectSaleIsScannedOnceMoreInTheNextPass() {
        // given
        ScanScheduler scheduler = new ScanScheduler(3, 2, clock);
        List<Integer> scans = new ArrayList<>();

        // when
        for (int pass = 1; pass <= 7; pass++) {
            scheduler.beginPass();
            if (scheduler.isScanDue("p")) {
                scans.add(pass);
                scheduler.scanned("p", Duration.ZERO, true);
            }
            assertEquals(pass % 3 == 0, scheduler.isScanDue("another"));
            scheduler.endPass();
        }

        // then
        assertEquals(List.of(3, 4, 6, 7), scans);
    }

    @Test
    void aClockThatWasSetBackDoesNotPreventScans() {
        // given
        ScanScheduler scheduler = new ScanScheduler(1, 2, clock);
        scheduler.beginPass();
        scheduler.scanned("p", Duration.ofSeconds(10), false);
        scheduler.endPass();

        // when
        clock.advance(Duration.ofHours(-1));
        scheduler.beginPass();

        // then
        assertTrue(scheduler.isScanDue("p"));
    }
}
