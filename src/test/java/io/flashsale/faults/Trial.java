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
import io.flashsale.faults.workload.Watch;
import io.flashsale.faults.workload.Workload;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One sale of three products from its opening to its judgement, with faults in the middle. */
final class Trial {
    /** By then every answer has to be final. */
    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(40);

    /** Within it everything has to be repaired; how long it took is printed. */
    private static final long REPAIR_MILLIS = 10_000;

    private static final int CALM_MILLIS = 400;

    /**
     * What came of it.
     *
     * @param violations of every product
     * @param known violations of every product that are not mended yet
     * @param notPlayed faults that need a point to which no node came
     * @param calls that were made
     * @param turnedAway calls of somebody who had asked too often
     * @param sold units
     * @param healedMillis from the end of the last fault until both stores agreed
     * @param slowestMillis of all calls
     */
    record Result(
            List<String> violations,
            Map<KnownViolation, Integer> known,
            List<Fault> notPlayed,
            History history,
            int calls,
            int turnedAway,
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
                history, cluster.buyers(), cluster.hammerer(), cluster.admin(), products, 2, sale.operations());
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < products.size(); i++) {
            List<Integer> ports =
                    cluster.nodes().stream().map(ClusterNode::port).toList();
            watches.add(new Watch(
                    products.get(i).id(),
                    ports,
                    new Random(sale.products().get(i).watch())));
        }
        workload.start();
        Processes.pause(CALM_MILLIS);
        List<Fault> notPlayed = injection();
        cluster.heal();
        long healedAt = history.now();
        history.event("healed");
        workload.end();
        quiet(healedAt + TIMEOUT);
        long healed = TimeUnit.NANOSECONDS.toMillis(history.now() - healedAt);
        if (healed > REPAIR_MILLIS) {
            violations.add("repair: both stores agree only after " + healed + " ms");
        }
        workload.settle(history.now() + TIMEOUT);
        whoHoldsNothingCanBuy(quiet(history.now() + TIMEOUT));
        List<StoreSnapshot> truths = quiet(history.now() + TIMEOUT);
        for (int i = 0; i < products.size(); i++) {
            violations.addAll(watches.get(i).judge(truths.get(i)));
            watches.get(i).close();
        }
        return judged(truths, notPlayed, healed);
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
            Processes.pause(injection.restMillis());
        }
        return notPlayed;
    }

    private Result judged(List<StoreSnapshot> truths, List<Fault> notPlayed, long healed) {
        boolean forgetful = sale.isForgetful();
        if (!forgetful) {
            violations.addAll(Checker.checkAdmission(history, ClusterNode.ADMITTED, TimeUnit.SECONDS.toNanos(1)));
        }
        Map<KnownViolation, Integer> known = new EnumMap<>(KnownViolation.class);
        int sold = 0;
        for (int i = 0; i < products.size(); i++) {
            Checker.Verdict verdict =
                    Checker.judge(history, truths.get(i), products.get(i).stock(), forgetful);
            violations.addAll(verdict.violations());
            verdict.known().forEach((violation, count) -> known.merge(violation, count, Integer::sum));
            sold += truths.get(i).sold().stream()
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

    /** Both stores, read again and again until nothing is left to repair or the patience is over. */
    private List<StoreSnapshot> quiet(long deadline) {
        while (true) {
            List<StoreSnapshot> truths = products.stream()
                    .map(product -> StoreSnapshot.read(vertx, cluster.stores(), product.id()))
                    .toList();
            if (truths.stream().allMatch(snapshot -> snapshot.unrest().isEmpty())) {
                history.whole(truths);
                return truths;
            }
            if (history.now() > deadline) {
                return truths;
            }
            Processes.pause(100);
        }
    }

    /** Some who hold nothing buy once more, and where nothing is left or nobody is without, one gives everything back. */
    private void whoHoldsNothingCanBuy(List<StoreSnapshot> truths) {
        for (StoreSnapshot snapshot : truths) {
            if (!snapshot.unrest().isEmpty()) {
                continue;
            }
            List<Buyer> without = cluster.buyers().stream()
                    .filter(buyer -> snapshot.sold().stream()
                            .noneMatch(order -> order.userId().equals(buyer.userId())))
                    .limit(Math.min(3, snapshot.stock()))
                    .toList();
            for (Buyer buyer : without.isEmpty() ? givenBack(snapshot) : without) {
                askUntilTold(() -> buyer.buy(history, 0, snapshot.productId(), RefusalRules.SURE + "buy", 1));
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
                    .forEach(order -> askUntilTold(() -> buyer.cancel(history, 1, snapshot.productId(), order.id())));
        }
        return holders;
    }

    private void askUntilTold(java.util.function.Supplier<Call> ask) {
        long deadline = history.now() + TIMEOUT;
        Call answer = ask.get();
        while ((answer.outcome() == Outcome.UNKNOWN || answer.status() == 202 || answer.status() == 429)
                && history.now() < deadline) {
            Processes.pause(100);
            answer = ask.get();
        }
    }
}
