package io.flashsale.faults.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks what both stores must agree on after healing: unit by unit, slot by slot and key by key. Totals may be right
 * although two errors cancel out.
 */
final class UnitAccounting {
    private final StoreSnapshot snapshot;
    private final List<String> discrepancies = new ArrayList<>();

    UnitAccounting(StoreSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Returns every discrepancy, each with the name of its rule; empty if there is none. */
    List<String> discrepancies() {
        theSaleIsOpen();
        everyUnitIsInOnePlace();
        theCounterIsRight();
        unitsMatchTheStock();
        indexKeysMatchTheOrders();
        slotsAreThoseOfLiveOrders();
        keysAreBoundToTheirOrders();
        return discrepancies;
    }

    private void find(String rule, String what) {
        discrepancies.add(rule + ": " + what + " (" + snapshot.productId() + ")");
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

    /** Checks that each unit is either unissued, or free, or held by exactly one order, the same in both stores. */
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
                places.add(named + " in Redis");
                places.add("not of that order in MongoDB");
            } else if (named == null && !places.isEmpty()) {
                places.add("unheld in Redis");
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
            find("accounts", "the counter is " + snapshot.stock() + ", the sets give " + sellable);
        }
        String known = snapshot.sale().get("highest");
        if (!String.valueOf(snapshot.unitCount()).equals(known)) {
            find("accounts", "Redis has " + known + " units, MongoDB " + snapshot.unitCount());
        }
    }

    /** Checks that the units which are sold or for sale equal the stock of the product. */
    private void unitsMatchTheStock() {
        int existing = snapshot.unitCount() - snapshot.unitsOnHold();
        if (existing != snapshot.onSale()) {
            find(
                    "put on sale",
                    existing + " units are sold or for sale, but " + snapshot.onSale() + " were put on sale");
        }
    }

    private void indexKeysMatchTheOrders() {
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
                find("units", "the keys of the unique indexes are wrong in " + order);
            }
            boolean limited = snapshot.limit() > 0 && !order.isStockHold();
            if (limited && order.slots().size() != order.quantity()) {
                find("slots", "a limit applies, and not every unit has its slot: " + order);
            }
        }
    }

    /**
     * Checks that slots match live orders: a buyer without units is not locked out, and one with units cannot exceed
     * the limit.
     */
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
            find("keys", "keys without an order: " + unfounded + ", orders without a key: " + lost);
        }
    }

    private static <K> Map<K, String> without(Map<K, String> some, Map<K, String> others) {
        Map<K, String> rest = new TreeMap<>(some);
        rest.entrySet().removeAll(others.entrySet());
        return rest;
    }
}
