package io.flashsale.faults;

import io.flashsale.faults.Call.Kind;
import io.flashsale.faults.Call.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads a history and the truth after healing, and names every broken promise. Knows nothing of how they are kept.
 *
 * <p>Where time matters it is on the safe side: a call took effect somewhere between its begin and its end, and one whose
 * outcome is unknown perhaps later, perhaps never. So what it reports is certain, and what it does not report is not.
 */
final class Checker {
    /** Within it everything that was given back is sellable again, once nothing is broken any more. */
    private static final long HEALING = TimeUnit.SECONDS.toNanos(15);

    private final List<Call> calls;
    private final Truth truth;
    private final int firstStock;
    private final boolean forgetful;
    private final List<String> violations = new ArrayList<>();

    private Checker(List<Call> calls, Truth truth, int firstStock, boolean forgetful) {
        this.calls = calls;
        this.truth = truth;
        this.firstStock = firstStock;
        this.forgetful = forgetful;
    }

    /**
     * Judges one product.
     *
     * @param history of all products
     * @param firstStock that was put on sale at first
     * @param forgetful whether Redis lost data: then a reservation that MongoDB never confirmed may have failed
     */
    static List<String> check(History history, Truth truth, int firstStock, boolean forgetful) {
        List<Call> calls = history.calls().stream()
                // "Too many requests" changes nothing, and says nothing about a sale.
                .filter(call -> call.productId().equals(truth.productId()) && call.status() != 429)
                .sorted(Comparator.comparingLong(Call::invoked))
                .toList();
        Checker checker = new Checker(calls, truth, firstStock, forgetful);
        checker.unitsAreSoldOnce();
        checker.nobodyHoldsMoreThanTheLimit();
        checker.everyPromiseIsKept();
        checker.oneKeyHasOneOrder();
        checker.keysAreBoundToTheirRequest();
        checker.everythingIsResolved();
        checker.soldOutMeansSoldOut();
        checker.cancelledIsCancelled();
        truth.unrest().forEach(each -> checker.violate("accounts", each));
        return checker.violations;
    }

    /**
     * No user was let in more often than the limit says, in any window. Counted are calls that lie in a window as a whole,
     * and were surely let in. A Redis that forgot may have forgotten calls, too.
     *
     * @param windowNanos of the limit
     */
    static List<String> checkAdmission(History history, int limit, long windowNanos) {
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

    private void violate(String rule, String what) {
        violations.add(rule + ": " + what);
    }

    private Map<String, Truth.Order> stored() {
        Map<String, Truth.Order> stored = new HashMap<>();
        truth.orders().forEach(order -> stored.put(order.id(), order));
        return stored;
    }

    /** Units sold are no more than were put on sale, each exists, and no two orders held one at the same time. */
    private void unitsAreSoldOnce() {
        int sold = 0;
        Map<Integer, String> live = new HashMap<>();
        for (Truth.Order order : truth.orders()) {
            if (!order.live()) {
                continue;
            }
            sold += order.byTheHouse() ? 0 : order.quantity();
            for (int unit : order.units()) {
                String other = live.put(unit, order.id());
                if (other != null) {
                    violate("sold twice", "unit " + unit + " is held by " + other + " and " + order.id());
                }
                if (unit < 1 || unit > truth.highest()) {
                    violate("units exist", "unit " + unit + " of " + truth.highest());
                }
            }
        }
        // An edit that lowers the stock may have taken its units while its answer, and its record, were lost.
        int promised = Math.max(truth.onSale(), truth.highest() - houseUnits());
        if (sold > promised) {
            violate("oversold", sold + " units sold of " + promised);
        }
        acknowledgedUnitsOverlapOnlyAfterCancelling();
    }

    private int houseUnits() {
        return truth.orders().stream()
                .filter(order -> order.live() && order.byTheHouse())
                .mapToInt(Truth.Order::quantity)
                .sum();
    }

    private void acknowledgedUnitsOverlapOnlyAfterCancelling() {
        Map<Integer, Set<String>> holders = new TreeMap<>();
        for (Call call : calls) {
            if (call.acknowledged()) {
                for (Object unit : call.json().getJsonArray("units")) {
                    holders.computeIfAbsent(((Number) unit).intValue(), each -> new HashSet<>())
                            .add(call.orderId());
                }
            }
        }
        holders.forEach((unit, orders) -> {
            long uncancelled = orders.stream()
                    .filter(order -> calls.stream()
                            .noneMatch(call ->
                                    call.kind() == Kind.CANCEL && call.key().equals(order)))
                    .count();
            if (uncancelled > 1) {
                violate("sold twice", "unit " + unit + " was promised to " + orders);
            }
        });
    }

    private void nobodyHoldsMoreThanTheLimit() {
        if (truth.limit() == 0) {
            return;
        }
        Map<String, Integer> held = new TreeMap<>();
        truth.orders().stream()
                .filter(order -> order.live() && !order.byTheHouse())
                .forEach(order -> held.merge(order.userId(), order.quantity(), Integer::sum));
        held.forEach((user, units) -> {
            if (units > truth.limit()) {
                violate("limit", user + " holds " + units + " units of " + truth.limit());
            }
        });
    }

    /** Every 201 is in MongoDB, with the same content. */
    private void everyPromiseIsKept() {
        Map<String, Truth.Order> stored = stored();
        for (Call call : calls) {
            if (!call.acknowledged()) {
                continue;
            }
            Truth.Order order = stored.get(call.orderId());
            if (order == null) {
                violate("lost", "order " + call.orderId() + " was acknowledged and is not in MongoDB");
            } else if (order.status().equals("failed") || order.status().equals("reserved")) {
                violate("lost", "order " + call.orderId() + " was acknowledged and is " + order.status());
            } else if (!order.userId().equals(call.buyer())
                    || order.quantity() != call.quantity()
                    || !order.units().equals(units(call))) {
                violate("lost", "MongoDB holds " + order + " where this was told: " + call.body());
            }
        }
    }

    private static List<Integer> units(Call call) {
        List<Integer> units = new ArrayList<>();
        call.json().getJsonArray("units").forEach(unit -> units.add(((Number) unit).intValue()));
        return units;
    }

    /** Every 201 under one key is the same; none turns into a refusal later. */
    private void oneKeyHasOneOrder() {
        Map<String, Call> first = new LinkedHashMap<>();
        for (Call call : byReturn()) {
            if (call.acknowledged()) {
                Call before = first.putIfAbsent(call.request(), call);
                if (before != null && !before.body().equals(call.body())) {
                    violate("one key, one order", before.body() + " and then " + call.body());
                }
            }
        }
        for (Call call : calls) {
            Call before = first.get(call.request());
            boolean later = before != null && call.invoked() > before.returned();
            if (call.kind() == Kind.BUY && later && call.quantity() == before.quantity()) {
                if (call.outcome() == Outcome.FAIL) {
                    violate("replay", call.status() + " " + call.code() + " for a key that has " + before.orderId());
                } else if (call.bought() && !call.replayed()) {
                    violate("replay", "not marked as replayed: " + call.body());
                }
            }
        }
        Map<String, Set<String>> ordersOf = new HashMap<>();
        calls.stream()
                .filter(Call::bought)
                .forEach(call -> ordersOf.computeIfAbsent(call.request(), each -> new HashSet<>())
                        .add(call.orderId()));
        ordersOf.forEach((request, orders) -> {
            if (orders.size() > 1) {
                violate("one key, one order", request + " has " + orders);
            }
        });
    }

    private List<Call> byReturn() {
        return calls.stream().sorted(Comparator.comparingLong(Call::returned)).toList();
    }

    /** Another request under a key that has its order is refused, and never answered with an order. */
    private void keysAreBoundToTheirRequest() {
        Map<String, Call> bound = new HashMap<>();
        byReturn().stream().filter(Call::acknowledged).forEach(call -> bound.putIfAbsent(call.request(), call));
        for (Call call : calls) {
            Call before = bound.get(call.request());
            if (call.kind() == Kind.BUY && before != null && call.quantity() != before.quantity()) {
                boolean later = call.invoked() > before.returned();
                boolean bought = call.bought() && !forgetful;
                if (call.acknowledged() || (later && bought)) {
                    violate("key reused", call.body() + " under the key of " + before.body());
                }
                if (later && call.outcome() == Outcome.FAIL && call.status() != 422) {
                    violate("key reused", "answered " + call.status() + " " + call.code() + ", not 422");
                }
            }
        }
    }

    /** Whoever asks long enough is told; and a reservation comes to be, unless Redis forgot it. */
    private void everythingIsResolved() {
        Map<String, Call> first = new LinkedHashMap<>();
        Map<String, Call> last = new LinkedHashMap<>();
        calls.stream().filter(call -> call.kind() == Kind.BUY).forEach(call -> first.putIfAbsent(call.request(), call));
        for (Call call : byReturn()) {
            // Another quantity under the same key is a probe, which nobody asks about again.
            if (call.kind() == Kind.BUY
                    && call.quantity() == first.get(call.request()).quantity()) {
                last.put(call.request(), call);
            }
        }
        last.values().forEach(call -> {
            if (call.outcome() == Outcome.UNKNOWN) {
                violate("unresolved", call.status() + " for " + call.request() + ": " + call.body());
            }
        });
        Map<String, Truth.Order> stored = stored();
        for (Call call : calls) {
            if (call.bought() && !call.acknowledged() && !forgetful) {
                Truth.Order order = stored.get(call.orderId());
                if (order == null || order.status().equals("failed")) {
                    violate("reserved, then lost", call.body() + " is " + order);
                }
            }
        }
    }

    /**
     * "Sold out" is only said if nothing was free at some instant within the call. Counted is what may have been held at
     * the most: whatever was asked for before the end of the call and is not known to have been given back, in time,
     * before it began.
     */
    private void soldOutMeansSoldOut() {
        int least = calls.stream()
                .filter(call -> call.kind() == Kind.EDIT)
                .mapToInt(Call::quantity)
                .reduce(firstStock, Math::min);
        for (Call call : calls) {
            if (call.kind() == Kind.BUY && call.code().equals("sold-out")) {
                int held = mayBeHeld(call);
                if (held < least) {
                    violate("sold out", "at the most " + held + " of " + least + " were held, for " + call.request());
                }
            }
        }
    }

    private int mayBeHeld(Call soldOut) {
        Map<String, Integer> held = new HashMap<>();
        for (Call call : calls) {
            boolean before = call.kind() == Kind.BUY && call.invoked() <= soldOut.returned();
            boolean harmless = call.outcome() == Outcome.FAIL && call.returned() + HEALING < soldOut.invoked();
            boolean refusedAtOnce =
                    call.outcome() == Outcome.FAIL && !call.code().equals("purchase-limit-reached");
            if (before && !harmless && !refusedAtOnce) {
                held.merge(call.request(), call.quantity(), Math::max);
            }
        }
        Map<String, String> requestOf = new HashMap<>();
        calls.stream().filter(Call::bought).forEach(call -> requestOf.put(call.orderId(), call.request()));
        for (Call call : calls) {
            if (call.kind() == Kind.CANCEL
                    && call.outcome() == Outcome.OK
                    && call.returned() + HEALING < soldOut.invoked()) {
                held.remove(requestOf.get(call.key()));
            }
        }
        return held.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A cancellation that was confirmed stands; one that nobody asked for did not happen. */
    private void cancelledIsCancelled() {
        Set<String> asked = new HashSet<>();
        Set<String> confirmed = new HashSet<>();
        for (Call call : calls) {
            if (call.kind() == Kind.CANCEL) {
                asked.add(call.key());
                if (call.outcome() == Outcome.OK) {
                    confirmed.add(call.key());
                }
            }
        }
        for (Truth.Order order : truth.orders()) {
            if (confirmed.contains(order.id()) && !order.status().equals("cancelled")) {
                violate("cancelled", "order " + order.id() + " was cancelled and is " + order.status());
            }
            if (order.status().equals("cancelled") && !asked.contains(order.id()) && !order.byTheHouse()) {
                violate("cancelled", "order " + order.id() + " was cancelled and nobody asked for it");
            }
        }
    }
}
