package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that every response to a buyer holds, and that every request gets a final response. */
final class PromiseRules {
    private final Checker.Case judged;
    private final List<Call> calls;
    private final Map<String, StoreSnapshot.Order> stored = new HashMap<>();

    PromiseRules(Checker.Case judged) {
        this.judged = judged;
        this.calls = judged.calls();
        judged.snapshot().orders().forEach(order -> stored.put(order.id(), order));
    }

    void check() {
        acknowledgedOrdersAreStored();
        everyOrderWasAcknowledged();
        oneKeyHasOneAnswer();
        winnersAreNotRefused();
        keysAreBoundToTheirRequest();
        everyRequestIsResolved();
        reservationsBecomeOrders();
        cancellationsHold();
    }

    /** Checks that MongoDB holds the order of every 201, with the same content. */
    private void acknowledgedOrdersAreStored() {
        for (Call call : calls) {
            if (!call.acknowledged()) {
                continue;
            }
            StoreSnapshot.Order order = stored.get(call.orderId());
            if (order == null) {
                judged.violate("lost", "order " + call.orderId() + " was acknowledged and is not in MongoDB");
            } else if (order.status().equals("failed") || order.status().equals("reserved")) {
                judged.violate("lost", "order " + call.orderId() + " was acknowledged and is " + order.status());
            } else if (!matchesReceipt(order, call)) {
                judged.violate("same body", "MongoDB holds " + order + ", but the response was: " + call.body());
            }
        }
    }

    private static boolean matchesReceipt(StoreSnapshot.Order order, Call call) {
        JsonObject receipt = call.json();
        List<Integer> units = new ArrayList<>();
        receipt.getJsonArray("units").forEach(unit -> units.add(((Number) unit).intValue()));
        return order.userId().equals(call.buyer())
                && order.quantity() == call.quantity()
                && order.quantity() == receipt.getInteger("quantity")
                && order.units().equals(units)
                && call.productId().equals(receipt.getString("productId"))
                && order.unitPrice() == receipt.getLong("unitPrice")
                && order.unitPrice() * order.quantity() == receipt.getLong("total")
                && order.currency().equals(receipt.getString("currency"))
                && Instant.parse(order.reservedAt()).equals(Instant.parse(receipt.getString("reservedAt")));
    }

    /** Checks that every order was acknowledged to its buyer in the end, whatever came before. */
    private void everyOrderWasAcknowledged() {
        Map<String, Set<Integer>> receipt = new HashMap<>();
        calls.stream()
                .filter(Call::acknowledged)
                .forEach(call -> receipt.computeIfAbsent(call.orderId(), each -> new HashSet<>())
                        .add(call.quantity()));
        for (StoreSnapshot.Order order : judged.snapshot().sold()) {
            if (!receipt.getOrDefault(order.id(), Set.of()).contains(order.quantity())) {
                judged.violate("one outcome", "the buyer never got a 201 for " + order);
            }
        }
    }

    /** Checks that every success under one key has the same body, unless Redis lost an unconfirmed reservation. */
    private void oneKeyHasOneAnswer() {
        Map<String, Call> first = new LinkedHashMap<>();
        Map<String, Set<String>> orders = new HashMap<>();
        for (Call call : judged.byReturn()) {
            if (call.bought()) {
                orders.computeIfAbsent(call.request(), each -> new HashSet<>()).add(call.orderId());
            }
            if (call.acknowledged() || (call.bought() && !judged.losesData())) {
                Call before = first.putIfAbsent(call.request(), call);
                if (before != null && !before.body().equals(call.body())) {
                    judged.violate("one key, one order", before.body() + " and then " + call.body());
                }
            }
        }
        orders.forEach((request, all) -> {
            if (all.size() > 1) {
                judged.violate("one key, one order", request + " has " + all);
            }
        });
    }

    /** Returns the first acknowledgement of each request. */
    private Map<String, Call> acknowledged() {
        Map<String, Call> first = new HashMap<>();
        judged.byReturn().stream().filter(Call::acknowledged).forEach(call -> first.putIfAbsent(call.request(), call));
        return first;
    }

    /** Checks that no success turns into a refusal later. */
    private void winnersAreNotRefused() {
        Map<String, Call> first = acknowledged();
        for (Call call : calls) {
            Call before = first.get(call.request());
            boolean later = before != null && call.invoked() > before.returned();
            if (call.kind() == Kind.BUY && later && call.quantity() == before.quantity()) {
                if (call.outcome() == Outcome.FAIL) {
                    refused(call, before);
                } else if (call.bought() && !call.replayed()) {
                    notMarked(call);
                }
            }
        }
    }

    private void refused(Call call, Call before) {
        if (judged.mayHaveLostData(call) && judged.history().isMongoUnreachable(call)) {
            judged.count(KnownViolation.REFUSAL_TRUSTED_WITHOUT_MONGODB);
        } else {
            judged.violate("replay", call.status() + " " + call.code() + " for a key that has " + before.orderId());
        }
    }

    private void notMarked(Call call) {
        if (!call.acknowledged() && judged.mayHaveLostData(call)) {
            judged.count(KnownViolation.UNCONFIRMED_ANSWER_AFTER_A_CONFIRMED_ONE);
        } else {
            judged.violate("replay", "not marked as replayed: " + call.body());
        }
    }

    /** Checks that another request under a used key is refused, and never gets an order. */
    private void keysAreBoundToTheirRequest() {
        Map<String, Call> bound = acknowledged();
        for (Call call : calls) {
            Call before = bound.get(call.request());
            if (call.kind() == Kind.BUY && before != null && call.quantity() != before.quantity()) {
                boolean later = call.invoked() > before.returned();
                boolean bought = call.bought() && !judged.losesData();
                if (call.acknowledged() || (later && bought)) {
                    judged.violate("key reused", call.body() + " under the key of " + before.body());
                }
                if (later && call.outcome() == Outcome.FAIL && call.status() != 422) {
                    judged.violate("key reused", "answered " + call.status() + " " + call.code() + ", not 422");
                }
            }
        }
    }

    /** Checks that retries lead to a final response: no 503 persists, and no reservation stays unconfirmed. */
    private void everyRequestIsResolved() {
        Map<String, Call> last = new LinkedHashMap<>();
        judged.byReturn().stream()
                .filter(call -> call.kind() == Kind.BUY)
                .forEach(call -> last.put(call.request() + " " + call.quantity(), call));
        last.values().forEach(call -> {
            if (call.outcome() == Outcome.UNKNOWN || call.status() == 202) {
                judged.violate("unresolved", call.status() + " for " + call.request() + ": " + call.body());
            }
        });
    }

    private void reservationsBecomeOrders() {
        for (Call call : calls) {
            if (call.bought() && !call.acknowledged() && !judged.losesData()) {
                StoreSnapshot.Order order = stored.get(call.orderId());
                if (order == null || order.status().equals("failed")) {
                    judged.violate("reserved, then lost", call.body() + " is " + order);
                }
            }
        }
    }

    /** Checks that confirmed cancellations hold, and that no order was cancelled without a request. */
    private void cancellationsHold() {
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
        for (StoreSnapshot.Order order : judged.snapshot().orders()) {
            if (confirmed.contains(order.id()) && !order.status().equals("cancelled")) {
                judged.violate("cancelled", "order " + order.id() + " was cancelled and is " + order.status());
            }
            if (order.status().equals("cancelled") && !asked.contains(order.id()) && !order.isStockHold()) {
                judged.violate("cancelled", "order " + order.id() + " was cancelled without a request");
            }
        }
    }
}
