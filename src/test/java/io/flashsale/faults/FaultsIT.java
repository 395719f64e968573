package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.TestNode;
import io.flashsale.faults.Round.Result;
import io.flashsale.faults.Schedule.Sale;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Sale after sale with everything dying around it, from a seed that is printed.
 *
 * <p>What a seed stands for is said in {@link Schedule}: faults, their length and their victims, the stock and all wishes.
 * {@code -Dfaults.seed=} plays the same schedule again, {@code -Dfaults.seconds=} plays longer, {@code -Dfaults.only=}
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
        int turnedAway = 0;
        try (World world = new World(BUYERS)) {
            // when
            Schedule schedule = new Schedule(seed, chosen(), Integer.getInteger("faults.each", 2));
            Epilogue epilogue = new Epilogue(world);
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            for (int round = 1; System.nanoTime() < end && violations.isEmpty(); round++) {
                Sale sale = schedule.next();
                Result result = Round.play(vertx, world, sale);
                report(round, sale, result);
                table.add(sale.faults(), result);
                epilogue.remember(result.history());
                sold += result.sold();
                turnedAway += result.turnedAway();
                if (!result.violations().isEmpty()) {
                    Path target = Path.of("target", "faults", String.valueOf(seed));
                    result.history().write(target.resolve("round-" + round + ".jsonl"));
                    violations.addAll(result.violations());
                }
            }
            if (violations.isEmpty()) {
                violations.addAll(epilogue.play());
            }
            world.keepLogs(Path.of("target", "faults", String.valueOf(seed)));
        } finally {
            TestNode.await(vertx.close());
        }

        System.out.print(table.rows());

        // then
        assertEquals(List.of(), violations, "with -Dfaults.seed=" + seed);
        assertTrue(sold > 0, "nothing was sold at all");
        assertTrue(turnedAway > 0, "nobody was told to ask less often");
        assertEquals(List.of(), table.neverPlayed(), "no node came to these points, with -Dfaults.seed=" + seed);
    }

    private static List<Fault> chosen() {
        String only = System.getProperty("faults.only", "");
        return only.isBlank()
                ? List.of(Fault.values())
                : Arrays.stream(only.split(",", -1)).map(Fault::valueOf).toList();
    }

    private static void report(int round, Sale sale, Result result) {
        System.out.printf(
                Locale.ROOT,
                "sale %d: %d calls, %d turned away, slowest %d ms, %d units sold, whole again after %d ms,"
                        + " %d violations, %s%s%n",
                round,
                result.calls(),
                result.turnedAway(),
                result.slowestMillis(),
                result.sold(),
                result.healedMillis(),
                result.violations().size(),
                sale.faults(),
                result.notPlayed().isEmpty() ? "" : ", not played: " + result.notPlayed());
    }
}
