package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often both stores are compared unit by unit. */
class LookPaceTest {
    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    /** In which of the first passes is looked, one a second, where a look takes so long. */
    private List<Integer> looks(int passesPerLook, int secondsForALook, int passes) {
        LookPace pace = new LookPace(passesPerLook, clock);
        List<Integer> looks = new ArrayList<>();
        for (int pass = 1; pass <= passes; pass++) {
            pace.passBegins();
            if (pace.isLooking()) {
                looks.add(pass);
                now = now.plusSeconds(secondsForALook);
            }
            pace.passEnds();
            now = now.plusSeconds(1);
        }
        return looks;
    }

    @Test
    void everySoManyPasses() {
        assertEquals(List.of(5, 10, 15, 20), looks(5, 1, 20));
        assertEquals(List.of(1, 2, 3), looks(1, 0, 3));
    }

    @Test
    void andFourTimesAsLongAsALookTookNot() {
        assertEquals(List.of(5, 45, 85), looks(5, 10, 100));
        assertEquals(List.of(1, 9, 17), looks(1, 2, 20));
    }

    @Test
    void aClockThatWasSetBackKeepsNobodyFromLooking() {
        // given
        LookPace pace = new LookPace(1, clock);
        pace.passBegins();
        now = now.plusSeconds(10);
        pace.passEnds();

        // when
        now = now.minusSeconds(3_600);
        pace.passBegins();

        // then
        assertTrue(pace.isLooking());
    }
}
