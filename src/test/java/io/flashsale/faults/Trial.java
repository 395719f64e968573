package io.flashsale.faults;

import io.flashsale.faults.checker.Call;
import io.flashsale.faults.checker.Call.Outcome;
import io.flashsale.faults.checker.Checker;
import io.flashsale.faults.checker.History;
import io.flashsale.faults.checker.KnownViolation;
import io.flashsale.faults.checker.RefusalRules;
import io.flashsale.faults.checker.StoreSnapshot;
import io.flashsale.faults.cluster.Cluster;
import io.flashsale.faults.cluster.ClusterNode;
import io.flashsale.faults.injection.Fault;
import io.flashsale.faults.injection.Schedule.FaultInjection;
import io.flashsale.faults.injection.Schedule.Sale;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.Buyer;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.faults.workload.StreamSubscriber;
import io.flashsale.faults.workload.Workload;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Plays one sale of three products from opening to verdict, with faults in between. */
final class Trial {
    /** Deadline for every response to be final. */
    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(40);

    /** Deadline for all repairs; the actual time is printed. */
    private static final long REPAIR_MILLIS = 10_000;

    private static final int FAULT_FREE_MILLIS = 400;

    /**
     * Holds the result of a sale.
     *
     * @param violations of every product
     * @param known violations of every product that are not fixed yet
     * @param notPlayed faults whose crash point no node reached
     * @param history of all calls
     * @param calls number of calls
     * @param rateLimited number of rate-limited calls
     * @param sold number of units sold
     * @param healedMillis from the end of the last fault until both stores agreed
     * @param slowestMillis duration of the slowest call
     */
    record Result(
            List<String> violations,
            Map<KnownViolation, Integer> known,
            List<Fault> notPlayed,
            History history,
            int calls,
            int rateLimited,
            int sold,
            long healedMillis,
            long slowestMillis) {}

    private final Vertx vertx;
    private final Cluster cluster;
    private final Sale sale;
    private final History history = new History();
    private final List<ProductOnSale> products;
    private final List<String> violations = new ArrayList<>();

    private Trial(Vertx vertx, Cluster cluster, Sale sale) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.sale = sale;
        this.products = sale.products().stream()
                .map(product -> new ProductOnSale(
                        TestNode.product(cluster.adminClient(), product.stock(), product.limit()),
                        product.stock(),
                        product.limit()))
                .toList();
    }

    static Result play(Vertx vertx, Cluster cluster, Sale sale) {
        return new Trial(vertx, cluster, sale).play();
    }

    private Result play() {
        Workload workload = new Workload(
                history, cluster.buyers(), cluster.floodingBuyer(), cluster.admin(), products, 2, sale.operations());
        List<StreamSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < products.size(); i++) {
            List<Integer> ports =
                    cluster.nodes().stream().map(ClusterNode::port).toList();
            subscribers.add(new StreamSubscriber(
                    products.get(i).id(),
                    ports,
                    new Random(sale.products().get(i).watch())));
        }
        workload.start();
        Processes.pause(FAULT_FREE_MILLIS);
        List<Fault> notPlayed = injection();
        cluster.heal();
        long healedAt = history.now();
        history.event("healed");
        workload.end();
        awaitAgreement(healedAt + TIMEOUT);
        long healed = TimeUnit.NANOSECONDS.toMillis(history.now() - healedAt);
        if (healed > REPAIR_MILLIS) {
            violations.add("repair: both stores agreed only after " + healed + " ms");
        }
        workload.settle(history.now() + TIMEOUT);
        buyersWithoutUnitsCanBuy(awaitAgreement(history.now() + TIMEOUT));
        List<StoreSnapshot> snapshots = awaitAgreement(history.now() + TIMEOUT);
        for (int i = 0; i < products.size(); i++) {
            violations.addAll(subscribers.get(i).judge(snapshots.get(i)));
            subscribers.get(i).close();
        }
        return judged(snapshots, notPlayed, healed);
    }

    private List<Fault> injection() {
        List<Fault> notPlayed = new ArrayList<>();
        for (FaultInjection injection : sale.injections()) {
            if (injection.fault() != Fault.NOTHING) {
                history.fault("begin " + injection.fault());
            }
            if (!injection.fault().inject(cluster, new Random(injection.seed()))) {
                notPlayed.add(injection.fault());
            }
            history.event("end " + injection.fault());
            Processes.pause(injection.pauseMillis());
        }
        return notPlayed;
    }

    private Result judged(List<StoreSnapshot> snapshots, List<Fault> notPlayed, long healed) {
        boolean losesData = sale.losesData();
        if (!losesData) {
            violations.addAll(
                    Checker.checkRateLimit(history, ClusterNode.PURCHASES_PER_SECOND, TimeUnit.SECONDS.toNanos(1)));
        }
        Map<KnownViolation, Integer> known = new EnumMap<>(KnownViolation.class);
        int sold = 0;
        for (int i = 0; i < products.size(); i++) {
            Checker.Verdict verdict =
                    Checker.judge(history, snapshots.get(i), products.get(i).stock(), losesData);
            violations.addAll(verdict.violations());
            verdict.known().forEach((violation, count) -> known.merge(violation, count, Integer::sum));
            sold += snapshots.get(i).sold().stream()
                    .mapToInt(StoreSnapshot.Order::quantity)
                    .sum();
        }
        List<Call> calls = history.calls();
        long slowest = calls.stream()
                .mapToLong(call -> call.returned() - call.invoked())
                .max()
                .orElse(0);
        return new Result(
                violations,
                known,
                notPlayed,
                history,
                calls.size(),
                (int) calls.stream().filter(call -> call.status() == 429).count(),
                sold,
                healed,
                TimeUnit.NANOSECONDS.toMillis(slowest));
    }

    /** Reads both stores until they agree or the deadline has passed. */
    private List<StoreSnapshot> awaitAgreement(long deadline) {
        while (true) {
            List<StoreSnapshot> snapshots = products.stream()
                    .map(product -> StoreSnapshot.read(vertx, cluster.stores(), product.id()))
                    .toList();
            if (snapshots.stream().allMatch(snapshot -> snapshot.discrepancies().isEmpty())) {
                history.storesAgree(snapshots);
                return snapshots;
            }
            if (history.now() > deadline) {
                return snapshots;
            }
            Processes.pause(100);
        }
    }

    /**
     * Makes some buyers without units buy once more. If no units are left or every buyer holds some, one buyer returns
     * everything first.
     */
    private void buyersWithoutUnitsCanBuy(List<StoreSnapshot> snapshots) {
        for (StoreSnapshot snapshot : snapshots) {
            if (!snapshot.discrepancies().isEmpty()) {
                continue;
            }
            List<Buyer> without = cluster.buyers().stream()
                    .filter(buyer -> snapshot.sold().stream()
                            .noneMatch(order -> order.userId().equals(buyer.userId())))
                    .limit(Math.min(3, snapshot.stock()))
                    .toList();
            for (Buyer buyer : without.isEmpty() ? givenBack(snapshot) : without) {
                repeatUntilFinal(
                        () -> buyer.buy(history, 0, snapshot.productId(), RefusalRules.MUST_SUCCEED + "buy", 1));
            }
        }
    }

    private List<Buyer> givenBack(StoreSnapshot snapshot) {
        List<Buyer> holders = cluster.buyers().stream()
                .filter(buyer -> snapshot.sold().stream()
                        .anyMatch(order -> order.userId().equals(buyer.userId())))
                .limit(1)
                .toList();
        for (Buyer buyer : holders) {
            snapshot.sold().stream()
                    .filter(order -> order.userId().equals(buyer.userId()))
                    .forEach(order ->
                            repeatUntilFinal(() -> buyer.cancel(history, 1, snapshot.productId(), order.id())));
        }
        return holders;
    }

    private void repeatUntilFinal(java.util.function.Supplier<Call> ask) {
        long deadline = history.now() + TIMEOUT;
        Call answer = ask.get();
        while ((answer.outcome() == Outcome.UNKNOWN || answer.status() == 202 || answer.status() == 429)
                && history.now() < deadline) {
            Processes.pause(100);
            answer = ask.get();
        }
    }
}
