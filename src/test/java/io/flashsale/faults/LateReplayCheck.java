package io.flashsale.faults;

import io.flashsale.faults.checker.Call;
import io.flashsale.faults.checker.Call.Outcome;
import io.flashsale.faults.checker.History;
import io.flashsale.faults.cluster.Cluster;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.Buyer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Repeats the purchases of winners long after their sales and after all faults since: a key stays bound to its response
 * for 24 hours, whatever was sold out, cancelled or lost since.
 */
final class LateReplayCheck {
    /** How many sales, counted from the latest, are repeated. */
    private static final int SALES = 20;

    /** How many winners of each sale repeat their purchase. */
    private static final int WINNERS = 60;

    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(20);

    private final Cluster cluster;
    private final Deque<List<Call>> winners = new ArrayDeque<>();
    private final History history = new History();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());

    LateReplayCheck(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Remembers the acknowledged orders of a sale. */
    void remember(History sale) {
        Map<String, Call> first = new LinkedHashMap<>();
        sale.calls().stream().filter(Call::acknowledged).forEach(call -> first.putIfAbsent(call.request(), call));
        List<Call> some = new ArrayList<>(first.values());
        winners.addLast(some.subList(0, Math.min(WINNERS, some.size())));
        if (winners.size() > SALES) {
            winners.removeFirst();
        }
    }

    /** Repeats all remembered purchases, those of the latest sales last; returns every response that differs. */
    List<String> play() {
        Map<String, Buyer> buyers = new HashMap<>();
        cluster.buyers().forEach(buyer -> buyers.put(buyer.userId(), buyer));
        buyers.put(cluster.floodingBuyer().userId(), cluster.floodingBuyer());
        Map<String, List<Call>> operations = new HashMap<>();
        winners.forEach(sale -> sale.forEach(call -> operations
                .computeIfAbsent(call.buyer(), each -> new ArrayList<>())
                .add(call)));
        List<Thread> threads = new ArrayList<>();
        operations.forEach((buyer, calls) -> {
            Thread thread = new Thread(() -> calls.forEach(call -> repeat(buyers.get(buyer), call)), "winner");
            thread.start();
            threads.add(thread);
        });
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return violations;
    }

    private void repeat(Buyer buyer, Call before) {
        long deadline = history.now() + TIMEOUT;
        int turn = 0;
        Call now;
        do {
            now = buyer.buy(history, turn++ % 2, before.productId(), before.key(), before.quantity());
            if (now.status() == 201) {
                if (!now.body().equals(before.body())) {
                    violations.add("one key, one order: " + before.body() + " and later " + now.body());
                }
                return;
            }
            Processes.pause(50);
        } while ((now.outcome() != Outcome.FAIL || now.status() == 429) && history.now() < deadline);
        violations.add("replay: later " + now.status() + " " + now.code() + " for a key that has " + before.orderId());
    }
}
