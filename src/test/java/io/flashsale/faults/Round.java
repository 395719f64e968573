package io.flashsale.faults;

import io.flashsale.TestNode;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One sale of three products from its opening to its judgement, with faults in the middle. */
final class Round {
    /** By then every answer has to be final. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(40);

    /** Within it everything has to be repaired; how long it took is printed. */
    private static final long REPAIR_MILLIS = 10_000;

    private static final int CALM_MILLIS = 400;

    /**
     * What came of it.
     *
     * @param violations of every product
     * @param calls that were made
     * @param sold units
     * @param healedMillis from the end of the last fault until both stores agreed
     * @param slowestMillis of all calls
     */
    record Result(
            List<String> violations, History history, int calls, int sold, long healedMillis, long slowestMillis) {}

    private Round() {}

    static Result play(Vertx vertx, World world, List<Fault> faults, long seed) {
        Random random = new Random(seed);
        History history = new History();
        List<Ware> wares = List.of(
                ware(world, 15 + random.nextInt(25), 1),
                ware(world, 15 + random.nextInt(25), 2),
                ware(world, 15 + random.nextInt(25), 0));
        Rush rush = new Rush(history, world.buyers(), world.hammerer(), world.admin(), wares, 2, random.nextLong());
        List<Watch> watches = wares.stream()
                .map(ware -> new Watch(
                        ware.id(), world.nodes().stream().map(Node::port).toList(), new Random(random.nextLong())))
                .toList();
        rush.start();
        Processes.pause(CALM_MILLIS);
        for (Fault fault : faults) {
            history.event("begin " + fault);
            fault.inject(world, random);
            history.event("end " + fault);
            Processes.pause(random.nextInt(CALM_MILLIS));
        }
        world.heal();
        long healedAt = history.now();
        history.event("healed");
        rush.end();
        quiet(vertx, world, wares, history, healedAt + PATIENCE);
        long healed = TimeUnit.NANOSECONDS.toMillis(history.now() - healedAt);
        rush.settle(history.now() + PATIENCE);
        List<Truth> truths = quiet(vertx, world, wares, history, history.now() + PATIENCE);
        boolean forgetful = faults.stream().anyMatch(Fault::losesData);
        List<String> violations = new ArrayList<>();
        if (healed > REPAIR_MILLIS) {
            violations.add("repair: both stores agree only after " + healed + " ms");
        }
        if (!forgetful) {
            violations.addAll(Checker.checkAdmission(history, Node.ADMITTED, TimeUnit.SECONDS.toNanos(1)));
        }
        int sold = 0;
        for (int i = 0; i < wares.size(); i++) {
            violations.addAll(watches.get(i).judge(truths.get(i)));
            watches.get(i).close();
            violations.addAll(Checker.check(history, truths.get(i), wares.get(i).stock(), forgetful));
            sold += truths.get(i).orders().stream()
                    .filter(order -> order.live() && !order.byTheHouse())
                    .mapToInt(Truth.Order::quantity)
                    .sum();
        }
        long slowest = history.calls().stream()
                .mapToLong(call -> call.returned() - call.invoked())
                .max()
                .orElse(0);
        return new Result(
                violations, history, history.calls().size(), sold, healed, TimeUnit.NANOSECONDS.toMillis(slowest));
    }

    private static Ware ware(World world, int stock, int limit) {
        return new Ware(TestNode.product(world.adminClient(), stock, limit), stock, limit);
    }

    /** Both stores, read again and again until nothing is left to repair or the patience is over. */
    private static List<Truth> quiet(Vertx vertx, World world, List<Ware> wares, History history, long deadline) {
        while (true) {
            List<Truth> truths = wares.stream()
                    .map(ware -> Truth.read(vertx, world.stores(), ware.id()))
                    .toList();
            if (truths.stream().allMatch(truth -> truth.unrest().isEmpty()) || history.now() > deadline) {
                return truths;
            }
            Processes.pause(100);
        }
    }
}
