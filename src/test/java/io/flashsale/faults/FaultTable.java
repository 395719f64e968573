package io.flashsale.faults;

import io.flashsale.faults.Trial.Result;
import io.flashsale.faults.injection.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Collects the results of each fault, and prints them as the rows of {@code system-design/failure-scenarios.md}. */
final class FaultTable {
    private final Map<Fault, List<Result>> results = new EnumMap<>(Fault.class);

    private final Set<Fault> scheduled = EnumSet.noneOf(Fault.class);

    void add(List<Fault> faults, Result result) {
        scheduled.addAll(faults);
        faults.stream()
                .filter(fault -> !result.notPlayed().contains(fault))
                .distinct()
                .forEach(fault -> results.computeIfAbsent(fault, first -> new ArrayList<>())
                        .add(result));
    }

    /** Returns the scheduled faults that were never injected. */
    List<Fault> neverPlayed() {
        return scheduled.stream().filter(fault -> !wasPlayed(fault)).toList();
    }

    boolean wasPlayed(Fault fault) {
        return results.containsKey(fault);
    }

    /** Returns a row for each fault: in how many sales it was injected, and their medians. */
    String rows() {
        StringBuilder rows =
                new StringBuilder("| fault | sales | violations | consistent after | longest | slowest call |\n");
        rows.append("|---|---|---|---|---|---|\n");
        results.forEach((fault, all) -> rows.append(String.format(
                Locale.ROOT,
                "| `%s` | %d | %d | %d ms | %d ms | %d ms |%n",
                fault,
                all.size(),
                all.stream().mapToInt(result -> result.violations().size()).sum(),
                median(all, Result::healedMillis),
                all.stream().mapToLong(Result::healedMillis).max().orElse(0),
                median(all, Result::slowestMillis))));
        return rows.toString();
    }

    private static long median(List<Result> results, ToLongFunction<Result> value) {
        long[] sorted = results.stream().mapToLong(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
