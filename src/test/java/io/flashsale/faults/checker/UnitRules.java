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

/** Checks what was sold: units, limits and the stock that an admin puts on sale. */
final class UnitRules {
    private record CertainHold(String buyer, String order, List<Integer> units, long from, long until) {
        boolean isHeldAt(long time) {
            return from <= time && time < until;
        }
    }

    private final Checker.Case judged;
    private final StoreSnapshot snapshot;
    private final List<CertainHold> certainHolds;

    UnitRules(Checker.Case judged) {
        this.judged = judged;
        this.snapshot = judged.snapshot();
        this.certainHolds = certainHolds(judged);
    }

    void check() {
        unitsAreSoldOnce();
        noMoreIsSoldThanPutOnSale();
        unitsAreNeverHeldTwiceAtOnce();
        buyersStayWithinTheLimit();
        stockMatchesTheEdits();
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

    private void buyersStayWithinTheLimit() {
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
        for (CertainHold hold : certainHolds) {
            int units = certainHolds.stream()
                    .filter(other -> other.buyer().equals(hold.buyer()) && other.isHeldAt(hold.from()))
                    .mapToInt(other -> other.units().size())
                    .sum();
            if (units > snapshot.limit()) {
                judged.violate("limit", hold.buyer() + " held " + units + " units of " + snapshot.limit() + " at once");
            }
        }
    }

    /** Checks that no unit was held by two orders at one instant, whatever happened to them later. */
    private void unitsAreNeverHeldTwiceAtOnce() {
        Map<Integer, Set<String>> acknowledged = new TreeMap<>();
        for (CertainHold hold : certainHolds) {
            for (CertainHold other : certainHolds) {
                boolean another = !other.order().equals(hold.order());
                if (another && other.isHeldAt(hold.from())) {
                    hold.units().stream()
                            .filter(other.units()::contains)
                            .forEach(unit -> acknowledged
                                    .computeIfAbsent(unit, each -> new TreeSet<>())
                                    .addAll(List.of(hold.order(), other.order())));
                }
            }
        }
        acknowledged.forEach((unit, orders) ->
                judged.violate("sold twice", "unit " + unit + " was acknowledged at once to " + orders));
    }

    /**
     * Returns the period in which each order was certainly held: from its first 201 until a cancellation was requested.
     */
    private static List<CertainHold> certainHolds(Checker.Case judged) {
        Map<String, Long> until = new HashMap<>();
        judged.calls().stream()
                .filter(call -> call.kind() == Kind.CANCEL)
                .forEach(call -> until.merge(call.key(), call.invoked(), Math::min));
        Map<String, CertainHold> first = new LinkedHashMap<>();
        for (Call call : judged.byReturn()) {
            if (call.acknowledged()) {
                List<Integer> units = new ArrayList<>();
                call.json().getJsonArray("units").forEach(unit -> units.add(((Number) unit).intValue()));
                first.putIfAbsent(
                        call.orderId(),
                        new CertainHold(
                                call.buyer(),
                                call.orderId(),
                                units,
                                call.returned(),
                                until.getOrDefault(call.orderId(), Long.MAX_VALUE)));
            }
        }
        return first.values().stream()
                .filter(hold -> hold.from() < hold.until())
                .toList();
    }

    /**
     * Checks that the stock is that of the last confirmed edit, or of an edit with an unknown outcome. Such an edit may
     * be written late, but only over the product version that it has read: never after it got a response and the stock
     * was changed once more.
     */
    private void stockMatchesTheEdits() {
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
            judged.violate("put on sale", snapshot.onSale() + " units, but the edits allow " + possible);
        }
    }
}
