package io.flashsale.faults.checker;

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
    private final StoreSnapshot snapshot;
    private final List<String> unrest = new ArrayList<>();

    UnitAccounting(StoreSnapshot snapshot) {
        this.snapshot = snapshot;
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
        unrest.add(rule + ": " + what + " (" + snapshot.productId() + ")");
    }

    private void theSaleIsOpen() {
        if (!snapshot.identity().equals(snapshot.sale().get("certifiedBy"))
                || snapshot.sale().containsKey("recovering")) {
            find("accounts", "the sale is closed for recovery: " + snapshot.sale() + " on " + snapshot.identity());
        }
        if (!snapshot.outbox().isEmpty()) {
            find("accounts", snapshot.outbox().size() + " orders in the outbox");
        }
    }

    private int highWaterMark() {
        return Integer.parseInt(snapshot.sale().getOrDefault("issued", "0"));
    }

    /** Each unit was never issued, or is free, or is held by exactly one order, which is the one that Redis names. */
    private void everyUnitIsInOnePlace() {
        Map<Integer, List<String>> held = new TreeMap<>();
        snapshot.holding()
                .forEach(order -> order.units()
                        .forEach(unit -> held.computeIfAbsent(unit, each -> new ArrayList<>())
                                .add(order.id())));
        TreeSet<Integer> all = new TreeSet<>(held.keySet());
        all.addAll(snapshot.holders().keySet());
        all.addAll(snapshot.free());
        for (int unit = 1; unit <= snapshot.unitCount(); unit++) {
            all.add(unit);
        }
        for (int unit : all) {
            List<String> places = new ArrayList<>(held.getOrDefault(unit, List.of()));
            String named = snapshot.holders().get(unit);
            if (named != null && !places.contains(named)) {
                places.add(named + ", says Redis");
                places.add("not theirs, says MongoDB");
            } else if (named == null && !places.isEmpty()) {
                places.add("nobody, says Redis");
            }
            if (snapshot.free().contains(unit)) {
                places.add("free");
            }
            if (unit > highWaterMark() && unit <= snapshot.unitCount()) {
                places.add("never issued");
            }
            if (places.size() != 1) {
                find("units", "unit " + unit + " of " + snapshot.unitCount() + " is " + places);
            }
        }
    }

    private void theCounterIsRight() {
        long sellable = snapshot.free().size() + (long) snapshot.unitCount() - highWaterMark();
        if (snapshot.stock() == null || snapshot.stock() != sellable) {
            find("accounts", "the counter says " + snapshot.stock() + ", the sets " + sellable);
        }
        String known = snapshot.sale().get("highest");
        if (!String.valueOf(snapshot.unitCount()).equals(known)) {
            find("accounts", "Redis knows of " + known + " units, MongoDB of " + snapshot.unitCount());
        }
    }

    /** What is not sold can be bought: no more and no fewer units than the product says. */
    private void whatTheAdminWasToldIsOnSale() {
        int existing = snapshot.unitCount() - snapshot.unitsOnHold();
        if (existing != snapshot.onSale()) {
            find("put on sale", existing + " units exist or are sold where " + snapshot.onSale() + " were put on sale");
        }
    }

    private void theIndexesSeeEveryUnit() {
        for (StoreSnapshot.Order order : snapshot.orders()) {
            List<String> unitKeys = order.live()
                    ? order.units().stream()
                            .map(unit -> snapshot.productId() + "#" + unit)
                            .toList()
                    : List.of();
            List<String> buyerKeys = order.live()
                    ? order.slots().stream()
                            .map(slot -> snapshot.productId() + "#" + order.userId() + "#" + slot)
                            .toList()
                    : List.of();
            if (!unitKeys.equals(order.unitKeys()) || !buyerKeys.equals(order.buyerKeys())) {
                find("units", "no unique index sees what it should of " + order);
            }
            boolean limited = snapshot.limit() > 0 && !order.isStockHold();
            if (limited && order.slots().size() != order.quantity()) {
                find("slots", "a limit applies, and not every unit has its slot: " + order);
            }
        }
    }

    /** A buyer who holds nothing is not locked out; one who holds something is not let in again. */
    private void slotsAreThoseOfLiveOrders() {
        Map<String, String> taken = new TreeMap<>();
        snapshot.holding()
                .forEach(order -> order.slots().forEach(slot -> taken.put(order.userId() + "#" + slot, order.id())));
        if (!taken.equals(snapshot.slots())) {
            find(
                    "slots",
                    "in Redis " + without(snapshot.slots(), taken) + ", in MongoDB "
                            + without(taken, snapshot.slots()));
        }
    }

    /**
     * Checks that the key of every held order leads to that order, and that no key leads to an order that does not exist.
     * {@code LateReplayCheck} covers an order that was cancelled before this Redis stored its key.
     */
    private void keysAreBoundToTheirOrders() {
        Map<String, String> held = new TreeMap<>();
        snapshot.holding().forEach(order -> held.put(order.request(), order.id()));
        Map<String, String> known = new TreeMap<>(held);
        snapshot.orders().stream()
                .filter(order -> order.status().equals("cancelled"))
                .forEach(order -> known.put(order.request(), order.id()));
        Map<String, String> lost = without(held, snapshot.answers());
        Map<String, String> unfounded = without(snapshot.answers(), known);
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
