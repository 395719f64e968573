package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.Trial.Result;
import io.flashsale.faults.checker.KnownViolation;
import io.flashsale.faults.cluster.Cluster;
import io.flashsale.faults.injection.Fault;
import io.flashsale.faults.injection.Schedule;
import io.flashsale.faults.injection.Schedule.Sale;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plays sales while processes and networks fail, from a seed that it prints.
 *
 * <p>A seed determines the faults, their durations and targets, the stock and all operations: see {@link Schedule}.
 * Every fault that these stores allow is injected at least once. {@code -Dfaults.seed=} plays the same schedule again,
 * {@code -Dfaults.seconds=} continues for at least that long, {@code -Dfaults.only=} selects faults, {@code
 * -Dfaults.each=} sets how many are injected in a sale.
 */
@Tag("faults")
class FaultsIT {
    private static final int BUYERS = 16;

    /**
     * Attempts to reach a crash point, which no node may reach in time. If none of these sales does, the tests are
     * wrong.
     */
    private static final int ATTEMPTS_FOR_A_POINT = 3;

    private final long seed = Long.getLong("faults.seed", new Random().nextLong());
    private final FaultTable table = new FaultTable();
    private final List<String> violations = new ArrayList<>();
    private final Map<KnownViolation, Integer> known = new EnumMap<>(KnownViolation.class);
    private int sales;
    private int sold;
    private int rateLimited;

    @Test
    void everyPromiseIsKeptWhateverDies() {
        // given
        System.out.println("faults.seed=" + seed);
        Vertx vertx = Vertx.vertx();
        try (Cluster cluster = new Cluster(vertx, BUYERS)) {
            List<Fault> faults = possible(cluster);
            LateReplayCheck lateReplays = new LateReplayCheck(cluster);

            // when
            play(vertx, cluster, faults, lateReplays);
            if (violations.isEmpty()) {
                violations.addAll(lateReplays.play());
            }
            cluster.keepLogs(folder());
        } finally {
            TestNode.await(vertx.close());
        }
        System.out.print(table.rows());
        System.out.println("known violations that are not fixed yet: " + known);

        // then
        assertEquals(List.of(), violations, "with -Dfaults.seed=" + seed);
        assertTrue(sold > 0, "no unit was sold");
        assertTrue(rateLimited > 0, "no call was rate-limited");
        assertEquals(List.of(), table.neverPlayed(), "no node reached these crash points, with -Dfaults.seed=" + seed);
    }

    private void play(Vertx vertx, Cluster cluster, List<Fault> faults, LateReplayCheck lateReplays) {
        Schedule schedule = new Schedule(seed, faults, Integer.getInteger("faults.each", 3));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("faults.seconds", 0));
        do {
            play(vertx, cluster, schedule.next(), lateReplays);
        } while (violations.isEmpty() && (!schedule.isComplete() || System.nanoTime() < end));
        for (Fault missed : table.neverPlayed()) {
            for (int i = 1; i < ATTEMPTS_FOR_A_POINT && violations.isEmpty() && !table.wasPlayed(missed); i++) {
                play(vertx, cluster, schedule.again(missed), lateReplays);
            }
        }
    }

    private void play(Vertx vertx, Cluster cluster, Sale sale, LateReplayCheck lateReplays) {
        Result result = Trial.play(vertx, cluster, sale);
        report(++sales, sale, result);
        table.add(sale.faults(), result);
        lateReplays.remember(result.history());
        sold += result.sold();
        rateLimited += result.rateLimited();
        result.known().forEach((violation, count) -> known.merge(violation, count, Integer::sum));
        if (!result.violations().isEmpty()) {
            result.history().write(folder().resolve("sale-" + sales + ".jsonl"));
            violations.addAll(result.violations());
        }
    }

    private Path folder() {
        return Path.of("target", "faults", String.valueOf(seed));
    }

    /** Returns the chosen faults that the stores of this run allow; prints the others. */
    private static List<Fault> possible(Cluster cluster) {
        String only = System.getProperty("faults.only", "");
        List<Fault> chosen = only.isBlank()
                ? List.of(Fault.values())
                : Arrays.stream(only.split(",", -1)).map(Fault::valueOf).toList();
        List<Fault> leftOut =
                chosen.stream().filter(fault -> !fault.isPossible(cluster)).toList();
        if (!leftOut.isEmpty()) {
            System.out.println("left out, since MONGODB_URI names a server that the tests must not touch: " + leftOut);
        }
        return chosen.stream().filter(fault -> !leftOut.contains(fault)).toList();
    }

    private static void report(int trial, Sale sale, Result result) {
        System.out.printf(
                Locale.ROOT,
                "sale %d: calls=%d rateLimited=%d slowestMs=%d unitsSold=%d consistentAfterMs=%d violations=%d"
                        + " faults=%s%s%n",
                trial,
                result.calls(),
                result.rateLimited(),
                result.slowestMillis(),
                result.sold(),
                result.healedMillis(),
                result.violations().size(),
                sale.faults(),
                result.notPlayed().isEmpty() ? "" : " notInjected=" + result.notPlayed());
    }
}
