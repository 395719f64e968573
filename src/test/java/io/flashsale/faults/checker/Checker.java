package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks a history and the stores after healing, and names every broken guarantee. It shares no code with the program.
 *
 * <p>Timing is judged conservatively: a call took effect at some instant between its begin and its end; one with an
 * unknown outcome may take effect later, or never. Therefore every reported violation is real, but not every violation
 * is found.
 */
public final class Checker {
    private Checker() {}

    /**
     * Holds what is judged: one product.
     *
     * @param history of all products
     * @param calls for this product, ordered by their begin
     * @param snapshot of the stores after healing
     * @param firstStock initially put on sale
     * @param losesData whether Redis lost data: then a reservation that MongoDB never confirmed may fail
     * @param violations found so far; each begins with the name of its rule
     * @param known number of known violations found so far
     */
    record Case(
            History history,
            List<Call> calls,
            StoreSnapshot snapshot,
            int firstStock,
            boolean losesData,
            List<String> violations,
            Map<KnownViolation, Integer> known) {
        void violate(String rule, String what) {
            violations.add(rule + ": " + what);
        }

        void count(KnownViolation violation) {
            known.merge(violation, 1, Integer::sum);
        }

        /** Whether Redis may lack acknowledged data at the time of this call. */
        boolean mayHaveLostData(Call call) {
            return losesData && !history.isBeforeFaults(call) && !history.isAfterHealing(call);
        }

        List<Call> byReturn() {
            return calls.stream()
                    .sorted(Comparator.comparingLong(Call::returned))
                    .toList();
        }
    }

    /**
     * Holds the result of a check.
     *
     * @param violations each begins with the name of its rule
     * @param known number of violations of each kind that is not fixed yet
     */
    public record Verdict(List<String> violations, Map<KnownViolation, Integer> known) {}

    /** Returns only the violations of {@link #judge}. */
    public static List<String> check(History history, StoreSnapshot snapshot, int firstStock, boolean losesData) {
        return judge(history, snapshot, firstStock, losesData).violations();
    }

    /**
     * Judges one product.
     *
     * @param history of all products
     * @param firstStock initially put on sale
     * @param losesData whether Redis lost data: then a reservation that MongoDB never confirmed may fail
     */
    public static Verdict judge(History history, StoreSnapshot snapshot, int firstStock, boolean losesData) {
        List<Call> calls = history.calls().stream()
                // A rate-limited call has no effect and reveals nothing about the sale.
                .filter(call -> call.productId().equals(snapshot.productId()) && call.status() != 429)
                .sorted(Comparator.comparingLong(Call::invoked))
                .toList();
        Case judged = new Case(
                history,
                calls,
                snapshot,
                firstStock,
                losesData,
                new ArrayList<>(),
                new EnumMap<>(KnownViolation.class));
        new UnitRules(judged).check();
        new PromiseRules(judged).check();
        new RefusalRules(judged).check();
        noRequestStaysRateLimited(history, judged);
        judged.violations().addAll(snapshot.discrepancies());
        return new Verdict(judged.violations(), judged.known());
    }

    /** Checks that no request stays rate-limited for ever. */
    private static void noRequestStaysRateLimited(History history, Case judged) {
        Map<String, Call> last = new TreeMap<>();
        history.calls().stream()
                .filter(call -> call.kind() == Kind.BUY
                        && call.productId().equals(judged.snapshot().productId()))
                .sorted(Comparator.comparingLong(Call::returned))
                .forEach(call -> last.put(call.request() + " " + call.quantity(), call));
        last.values().stream()
                .filter(call -> call.status() == 429)
                .forEach(call -> judged.violate("unresolved", "429 for " + call.request() + ": " + call.body()));
    }

    /**
     * Checks that no user exceeded the rate limit in any window. It counts calls that lie entirely within a window and
     * were certainly admitted. Skip this check after Redis lost data: it may have lost its counters, too.
     *
     * @param windowNanos length of the window of the limit
     */
    public static List<String> checkRateLimit(History history, int limit, long windowNanos) {
        Map<String, List<Call>> admitted = new TreeMap<>();
        history.calls().stream()
                .filter(call -> call.kind() == Kind.BUY && call.outcome() != Outcome.UNKNOWN && call.status() != 429)
                .sorted(Comparator.comparingLong(Call::invoked))
                .forEach(call -> admitted.computeIfAbsent(call.buyer(), each -> new ArrayList<>())
                        .add(call));
        List<String> violations = new ArrayList<>();
        admitted.forEach((buyer, calls) -> {
            for (int i = 0; i < calls.size(); i++) {
                long end = calls.get(i).invoked() + windowNanos;
                int count = 0;
                for (int j = i; j < calls.size() && calls.get(j).invoked() <= end; j++) {
                    count += calls.get(j).returned() <= end ? 1 : 0;
                }
                if (count > limit) {
                    violations.add("admission: " + count + " calls of " + buyer + " within one window of " + limit);
                    return;
                }
            }
        });
        return violations;
    }
}
