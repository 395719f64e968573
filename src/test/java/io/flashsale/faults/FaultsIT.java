package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.TestNode;
import io.flashsale.faults.Round.Result;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Sale after sale with everything dying around it, from a seed that is printed.
 *
 * <p>{@code -Dfaults.seed=} plays the same schedule again, {@code -Dfaults.seconds=} plays longer, {@code -Dfaults.only=}
 * plays certain faults, {@code -Dfaults.each=} so many of them in a sale.
 */
class FaultsIT {
    private static final int BUYERS = 16;

    @Test
    void everyPromiseIsKeptWhateverDies() {
        // given
        long seed = Long.getLong("faults.seed", new Random().nextLong());
        long seconds = Long.getLong("faults.seconds", 110);
        System.out.println("faults.seed=" + seed);
        Vertx vertx = Vertx.vertx();
        List<String> violations = new ArrayList<>();
        FaultTable table = new FaultTable();
        int sold = 0;
        try (World world = new World(BUYERS)) {
            // when
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            Random random = new Random(seed);
            List<Fault> waiting = new ArrayList<>();
            for (int round = 1; System.nanoTime() < end && violations.isEmpty(); round++) {
                List<Fault> faults = next(waiting, random);
                Result result = Round.play(vertx, world, faults, random.nextLong());
                report(round, faults, result);
                table.add(faults, result);
                sold += result.sold();
                if (!result.violations().isEmpty()) {
                    Path target = Path.of("target", "faults", String.valueOf(seed));
                    result.history().write(target.resolve("round-" + round + ".jsonl"));
                    world.keepLogs(target);
                    violations.addAll(result.violations());
                }
            }
        } finally {
            TestNode.await(vertx.close());
        }

        System.out.print(table.rows());

        // then
        assertEquals(List.of(), violations, "with -Dfaults.seed=" + seed);
        assertTrue(sold > 0, "nothing was sold at all");
    }

    /** Every fault comes up before any comes up again, two in each sale unless told otherwise. */
    private static List<Fault> next(List<Fault> waiting, Random random) {
        List<Fault> faults = new ArrayList<>();
        while (faults.size() < Integer.getInteger("faults.each", 2)) {
            if (waiting.isEmpty()) {
                waiting.addAll(chosen());
                Collections.shuffle(waiting, random);
            }
            faults.add(waiting.remove(0));
        }
        return faults;
    }

    private static List<Fault> chosen() {
        String only = System.getProperty("faults.only", "");
        return only.isBlank()
                ? List.of(Fault.values())
                : Arrays.stream(only.split(",", -1)).map(Fault::valueOf).toList();
    }

    private static void report(int round, List<Fault> faults, Result result) {
        System.out.printf(
                Locale.ROOT,
                "sale %d: %d calls, slowest %d ms, %d units sold, whole again after %d ms, %d violations, %s%n",
                round,
                result.calls(),
                result.slowestMillis(),
                result.sold(),
                result.healedMillis(),
                result.violations().size(),
                faults);
    }
}
