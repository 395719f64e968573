package io.flashsale.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What both stores have to agree on once everything is healed: unit by unit, slot by slot and key by key. Sums may be right
 * where two mistakes make up for each other.
 */
final class UnitAccounting {
    private final StoreSnapshot truth;
    private final List<String> unrest = new ArrayList<>();

    UnitAccounting(StoreSnapshot truth) {
        this.truth = truth;
    }

    /** Every disagreement, by the name of its rule; empty where all is well. */
    List<String> unrest() {
        theSaleIsOpen();
        everyUnitIsInOnePlace();
        theCounterIsRight();
        whatTheAdminWasToldIsOnSale();
        theIndexesSeeEveryUnit();
        slotsAreThoseOfLiveOrders();
        keysAreBoundToTheirOrders();
        return unrest;
    }

    private void find(String rule, String what) {
        unrest.add(rule + ": " + what + " (" + truth.productId() + ")");
    }

    private void theSaleIsOpen() {
        if (!truth.identity().equals(truth.sale().get("certifiedBy"))
                || truth.sale().containsKey("recovering")) {
            find("accounts", "the sale is closed for recovery: " + truth.sale() + " on " + truth.identity());
        }
        if (!truth.outbox().isEmpty()) {
            find("accounts", truth.outbox().size() + " orders in the outbox");
        }
    }

    private int issued() {
        return Integer.parseInt(truth.sale().getOrDefault("issued", "0"));
    }

    /** Each unit was never issued, or is free, or is held by exactly one order, which is the one that Redis names. */
    private void everyUnitIsInOnePlace() {
        Map<Integer, List<String>> held = new TreeMap<>();
        truth.holding()
                .forEach(order -> order.units()
                        .forEach(unit -> held.computeIfAbsent(unit, each -> new ArrayList<>())
                                .add(order.id())));
        TreeSet<Integer> all = new TreeSet<>(held.keySet());
        all.addAll(truth.holders().keySet());
        all.addAll(truth.free());
        for (int unit = 1; unit <= truth.highest(); unit++) {
            all.add(unit);
        }
        for (int unit : all) {
            List<String> places = new ArrayList<>(held.getOrDefault(unit, List.of()));
            String named = truth.holders().get(unit);
            if (named != null && !places.contains(named)) {
                places.add(named + ", says Redis");
                places.add("not theirs, says MongoDB");
            } else if (named == null && !places.isEmpty()) {
                places.add("nobody, says Redis");
            }
            if (truth.free().contains(unit)) {
                places.add("free");
            }
            if (unit > issued() && unit <= truth.highest()) {
                places.add("never issued");
            }
            if (places.size() != 1) {
                find("units", "unit " + unit + " of " + truth.highest() + " is " + places);
            }
        }
    }

    private void theCounterIsRight() {
        long sellable = truth.free().size() + (long) truth.highest() - issued();
        if (truth.stock() == null || truth.stock() != sellable) {
            find("accounts", "the counter says " + truth.stock() + ", the sets " + sellable);
        }
        String known = truth.sale().get("highest");
        if (!String.valueOf(truth.highest()).equals(known)) {
            find("accounts", "Redis knows of " + known + " units, MongoDB of " + truth.highest());
        }
    }

    /** What is not sold can be bought: no more and no fewer units than the product says. */
    private void whatTheAdminWasToldIsOnSale() {
        int existing = truth.highest() - truth.unitsOfTheHouse();
        if (existing != truth.onSale()) {
            find("put on sale", existing + " units exist or are sold where " + truth.onSale() + " were put on sale");
        }
    }

    private void theIndexesSeeEveryUnit() {
        for (StoreSnapshot.Order order : truth.orders()) {
            List<String> unitKeys = order.live()
                    ? order.units().stream()
                            .map(unit -> truth.productId() + "#" + unit)
                            .toList()
                    : List.of();
            List<String> buyerKeys = order.live()
                    ? order.slots().stream()
                            .map(slot -> truth.productId() + "#" + order.userId() + "#" + slot)
                            .toList()
                    : List.of();
            if (!unitKeys.equals(order.unitKeys()) || !buyerKeys.equals(order.buyerKeys())) {
                find("units", "no unique index sees what it should of " + order);
            }
            boolean limited = truth.limit() > 0 && !order.byTheHouse();
            if (limited && order.slots().size() != order.quantity()) {
                find("slots", "a limit applies, and not every unit has its slot: " + order);
            }
        }
    }

    /** A buyer who holds nothing is not locked out; one who holds something is not let in again. */
    private void slotsAreThoseOfLiveOrders() {
        Map<String, String> taken = new TreeMap<>();
        truth.holding()
                .forEach(order -> order.slots().forEach(slot -> taken.put(order.userId() + "#" + slot, order.id())));
        if (!taken.equals(truth.slots())) {
            find(
                    "slots",
                    "in Redis " + without(truth.slots(), taken) + ", in MongoDB " + without(taken, truth.slots()));
        }
    }

    /**
     * Whoever holds an order finds it under its key, whatever else is refused by then; and no key leads to an order that is
     * none. An order that was cancelled before this Redis knew of it is found elsewhere: see {@link LateReplayCheck}.
     */
    private void keysAreBoundToTheirOrders() {
        Map<String, String> held = new TreeMap<>();
        truth.holding().forEach(order -> held.put(order.request(), order.id()));
        Map<String, String> known = new TreeMap<>(held);
        truth.orders().stream()
                .filter(order -> order.status().equals("cancelled"))
                .forEach(order -> known.put(order.request(), order.id()));
        Map<String, String> lost = without(held, truth.answers());
        Map<String, String> unfounded = without(truth.answers(), known);
        if (!lost.isEmpty() || !unfounded.isEmpty()) {
            find("keys", "bound to no order are " + unfounded + ", lost are those of " + lost);
        }
    }

    private static <K> Map<K, String> without(Map<K, String> some, Map<K, String> others) {
        Map<K, String> rest = new TreeMap<>(some);
        rest.entrySet().removeAll(others.entrySet());
        return rest;
    }
}
