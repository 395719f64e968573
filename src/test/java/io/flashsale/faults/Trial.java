package io.flashsale.faults;

import io.flashsale.faults.Call.Outcome;
import io.flashsale.faults.Schedule.Sale;
import io.flashsale.faults.Schedule.Strike;
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
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(40);

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
    private final Cluster world;
    private final Sale sale;
    private final History history = new History();
    private final List<ProductOnSale> wares;
    private final List<String> violations = new ArrayList<>();

    private Trial(Vertx vertx, Cluster world, Sale sale) {
        this.vertx = vertx;
        this.world = world;
        this.sale = sale;
        this.wares = sale.shelves().stream()
                .map(shelf -> new ProductOnSale(
                        TestNode.product(world.adminClient(), shelf.stock(), shelf.limit()),
                        shelf.stock(),
                        shelf.limit()))
                .toList();
    }

    static Result play(Vertx vertx, Cluster world, Sale sale) {
        return new Trial(vertx, world, sale).play();
    }

    private Result play() {
        Workload rush = new Workload(history, world.buyers(), world.hammerer(), world.admin(), wares, 2, sale.wishes());
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < wares.size(); i++) {
            List<Integer> ports = world.nodes().stream().map(ClusterNode::port).toList();
            watches.add(new Watch(
                    wares.get(i).id(), ports, new Random(sale.shelves().get(i).watch())));
        }
        rush.start();
        Processes.pause(CALM_MILLIS);
        List<Fault> notPlayed = strike();
        world.heal();
        long healedAt = history.now();
        history.event("healed");
        rush.end();
        quiet(healedAt + PATIENCE);
        long healed = TimeUnit.NANOSECONDS.toMillis(history.now() - healedAt);
        if (healed > REPAIR_MILLIS) {
            violations.add("repair: both stores agree only after " + healed + " ms");
        }
        rush.settle(history.now() + PATIENCE);
        whoHoldsNothingCanBuy(quiet(history.now() + PATIENCE));
        List<StoreSnapshot> truths = quiet(history.now() + PATIENCE);
        for (int i = 0; i < wares.size(); i++) {
            violations.addAll(watches.get(i).judge(truths.get(i)));
            watches.get(i).close();
        }
        return judged(truths, notPlayed, healed);
    }

    private List<Fault> strike() {
        List<Fault> notPlayed = new ArrayList<>();
        for (Strike strike : sale.strikes()) {
            if (strike.fault() != Fault.NOTHING) {
                history.fault("begin " + strike.fault());
            }
            if (!strike.fault().inject(world, new Random(strike.seed()))) {
                notPlayed.add(strike.fault());
            }
            history.event("end " + strike.fault());
            Processes.pause(strike.restMillis());
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
        for (int i = 0; i < wares.size(); i++) {
            Checker.Verdict verdict =
                    Checker.judge(history, truths.get(i), wares.get(i).stock(), forgetful);
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
            List<StoreSnapshot> truths = wares.stream()
                    .map(ware -> StoreSnapshot.read(vertx, world.stores(), ware.id()))
                    .toList();
            if (truths.stream().allMatch(truth -> truth.unrest().isEmpty())) {
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
        for (StoreSnapshot truth : truths) {
            if (!truth.unrest().isEmpty()) {
                continue;
            }
            List<Buyer> without = world.buyers().stream()
                    .filter(buyer -> truth.sold().stream()
                            .noneMatch(order -> order.userId().equals(buyer.userId())))
                    .limit(Math.min(3, truth.stock()))
                    .toList();
            for (Buyer buyer : without.isEmpty() ? givenBack(truth) : without) {
                askUntilTold(() -> buyer.buy(history, 0, truth.productId(), RefusalRules.SURE + "buy", 1));
            }
        }
    }

    private List<Buyer> givenBack(StoreSnapshot truth) {
        List<Buyer> holders = world.buyers().stream()
                .filter(buyer ->
                        truth.sold().stream().anyMatch(order -> order.userId().equals(buyer.userId())))
                .limit(1)
                .toList();
        for (Buyer buyer : holders) {
            truth.sold().stream()
                    .filter(order -> order.userId().equals(buyer.userId()))
                    .forEach(order -> askUntilTold(() -> buyer.cancel(history, 1, truth.productId(), order.id())));
        }
        return holders;
    }

    private void askUntilTold(java.util.function.Supplier<Call> ask) {
        long deadline = history.now() + PATIENCE;
        Call answer = ask.get();
        while ((answer.outcome() == Outcome.UNKNOWN || answer.status() == 202 || answer.status() == 429)
                && history.now() < deadline) {
            Processes.pause(100);
            answer = ask.get();
        }
    }
}
