package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was sold, and to how many: units, limits and the stock that an admin puts on sale. */
final class UnitRules {
    private record Sure(String buyer, String order, List<Integer> units, long from, long until) {
        boolean isHeldAt(long time) {
            return from <= time && time < until;
        }
    }

    private final Checker.Case judged;
    private final StoreSnapshot snapshot;
    private final List<Sure> sures;

    UnitRules(Checker.Case judged) {
        this.judged = judged;
        this.snapshot = judged.snapshot();
        this.sures = sures(judged);
    }

    void check() {
        unitsAreSoldOnce();
        noMoreIsSoldThanPutOnSale();
        nobodyElseHeldAUnitMeanwhile();
        nobodyHoldsMoreThanTheLimit();
        whatTheAdminWasToldStands();
    }

    private void unitsAreSoldOnce() {
        Map<Integer, String> live = new HashMap<>();
        for (StoreSnapshot.Order order : snapshot.live().values()) {
            for (int unit : order.units()) {
                String other = live.put(unit, order.id());
                if (other != null) {
                    judged.violate("sold twice", "unit " + unit + " is held by " + other + " and " + order.id());
                }
                if (unit < 1 || unit > snapshot.unitCount()) {
                    judged.violate("units exist", "unit " + unit + " of " + snapshot.unitCount());
                }
            }
        }
    }

    private void noMoreIsSoldThanPutOnSale() {
        int sold =
                snapshot.sold().stream().mapToInt(StoreSnapshot.Order::quantity).sum();
        if (sold > snapshot.onSale()) {
            judged.violate("oversold", sold + " units sold of " + snapshot.onSale());
        }
    }

    private void nobodyHoldsMoreThanTheLimit() {
        if (snapshot.limit() == 0) {
            return;
        }
        Map<String, Integer> held = new TreeMap<>();
        snapshot.sold().forEach(order -> held.merge(order.userId(), order.quantity(), Integer::sum));
        held.forEach((user, units) -> {
            if (units > snapshot.limit()) {
                judged.violate("limit", user + " holds " + units + " units of " + snapshot.limit());
            }
        });
        for (Sure sure : sures) {
            int units = sures.stream()
                    .filter(other -> other.buyer().equals(sure.buyer()) && other.isHeldAt(sure.from()))
                    .mapToInt(other -> other.units().size())
                    .sum();
            if (units > snapshot.limit()) {
                judged.violate("limit", sure.buyer() + " held " + units + " units of " + snapshot.limit() + " at once");
            }
        }
    }

    /** No unit was held by two at one instant, whatever became of them since. */
    private void nobodyElseHeldAUnitMeanwhile() {
        Map<Integer, Set<String>> promised = new TreeMap<>();
        for (Sure sure : sures) {
            for (Sure other : sures) {
                boolean another = !other.order().equals(sure.order());
                if (another && other.isHeldAt(sure.from())) {
                    sure.units().stream()
                            .filter(other.units()::contains)
                            .forEach(unit -> promised.computeIfAbsent(unit, each -> new TreeSet<>())
                                    .addAll(List.of(sure.order(), other.order())));
                }
            }
        }
        promised.forEach(
                (unit, orders) -> judged.violate("sold twice", "unit " + unit + " was promised at once to " + orders));
    }

    /** From when until when each order was surely held: from its first 201 until anybody asked to cancel it. */
    private static List<Sure> sures(Checker.Case judged) {
        Map<String, Long> until = new HashMap<>();
        judged.calls().stream()
                .filter(call -> call.kind() == Kind.CANCEL)
                .forEach(call -> until.merge(call.key(), call.invoked(), Math::min));
        Map<String, Sure> first = new LinkedHashMap<>();
        for (Call call : judged.byReturn()) {
            if (call.acknowledged()) {
                List<Integer> units = new ArrayList<>();
                call.json().getJsonArray("units").forEach(unit -> units.add(((Number) unit).intValue()));
                first.putIfAbsent(
                        call.orderId(),
                        new Sure(
                                call.buyer(),
                                call.orderId(),
                                units,
                                call.returned(),
                                until.getOrDefault(call.orderId(), Long.MAX_VALUE)));
            }
        }
        return first.values().stream()
                .filter(sure -> sure.from() < sure.until())
                .toList();
    }

    /**
     * The stock is what the last confirmed edit said, or one whose outcome the admin does not know. Such a one may be
     * written late, but only over the version of the product that it has read: never once it was answered and the stock
     * was changed after that.
     */
    private void whatTheAdminWasToldStands() {
        List<Call> edits = judged.byReturn().stream()
                .filter(call -> call.kind() == Kind.EDIT)
                .toList();
        List<Call> confirmed =
                edits.stream().filter(call -> call.outcome() == Outcome.OK).toList();
        Set<Integer> possible = new TreeSet<>();
        possible.add(
                confirmed.isEmpty()
                        ? judged.firstStock()
                        : confirmed.get(confirmed.size() - 1).quantity());
        for (Call edit : edits) {
            boolean over = edit.status() != 0
                    && confirmed.stream()
                                    .filter(later -> later.invoked() >= edit.returned())
                                    .map(Call::quantity)
                                    .distinct()
                                    .count()
                            > 1;
            if (edit.outcome() == Outcome.UNKNOWN && !over) {
                possible.add(edit.quantity());
            }
        }
        if (!possible.contains(snapshot.onSale())) {
            judged.violate("put on sale", snapshot.onSale() + " units, where the admin was told " + possible);
        }
    }
}
