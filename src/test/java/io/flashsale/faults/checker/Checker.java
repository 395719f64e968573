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
 * Reads a history and the truth after healing, and names every broken promise. Knows nothing of how they are kept.
 *
 * <p>Where time matters it is on the safe side: a call took effect somewhere between its begin and its end, and one whose
 * outcome is unknown perhaps later, perhaps never. So what it reports is certain, and what it does not report is not.
 */
public final class Checker {
    private Checker() {}

    /**
     * What is judged: one product.
     *
     * @param history of all products
     * @param calls about this one, by their begin
     * @param snapshot after everything
     * @param firstStock that was put on sale at first
     * @param forgetful whether Redis lost data: then a reservation that MongoDB never confirmed may have failed
     * @param violations that were found, each begins with the name of its rule
     * @param known violations that were found, and how often
     */
    record Case(
            History history,
            List<Call> calls,
            StoreSnapshot snapshot,
            int firstStock,
            boolean forgetful,
            List<String> violations,
            Map<KnownViolation, Integer> known) {
        void violate(String rule, String what) {
            violations.add(rule + ": " + what);
        }

        void count(KnownViolation violation) {
            known.merge(violation, 1, Integer::sum);
        }

        /** Whether Redis may just then not have known what it had acknowledged. */
        boolean mayHaveForgotten(Call call) {
            return forgetful && !history.isBeforeFaults(call) && !history.isAfterHealing(call);
        }

        List<Call> byReturn() {
            return calls.stream()
                    .sorted(Comparator.comparingLong(Call::returned))
                    .toList();
        }
    }

    /**
     * What was found.
     *
     * @param violations each begins with the name of its rule
     * @param known violations that are not mended yet, and how often each occurred
     */
    public record Verdict(List<String> violations, Map<KnownViolation, Integer> known) {}

    /** The violations of {@link #judge} alone. */
    public static List<String> check(History history, StoreSnapshot snapshot, int firstStock, boolean forgetful) {
        return judge(history, snapshot, firstStock, forgetful).violations();
    }

    /**
     * Judges one product.
     *
     * @param history of all products
     * @param firstStock that was put on sale at first
     * @param forgetful whether Redis lost data: then a reservation that MongoDB never confirmed may have failed
     */
    public static Verdict judge(History history, StoreSnapshot snapshot, int firstStock, boolean forgetful) {
        List<Call> calls = history.calls().stream()
                // "Too many requests" changes nothing, and says nothing about a sale.
                .filter(call -> call.productId().equals(snapshot.productId()) && call.status() != 429)
                .sorted(Comparator.comparingLong(Call::invoked))
                .toList();
        Case judged = new Case(
                history,
                calls,
                snapshot,
                firstStock,
                forgetful,
                new ArrayList<>(),
                new EnumMap<>(KnownViolation.class));
        new UnitRules(judged).check();
        new PromiseRules(judged).check();
        new RefusalRules(judged).check();
        everybodyIsLetInAgain(history, judged);
        judged.violations().addAll(snapshot.unrest());
        return new Verdict(judged.violations(), judged.known());
    }

    /** Who has asked too often is not shut out for ever. */
    private static void everybodyIsLetInAgain(History history, Case judged) {
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
     * No user was let in more often than the limit says, in any window. Counted are calls that lie in a window as a whole,
     * and were surely let in. A Redis that forgot may have forgotten calls, too.
     *
     * @param windowNanos of the limit
     */
    public static List<String> checkAdmission(History history, int limit, long windowNanos) {
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
