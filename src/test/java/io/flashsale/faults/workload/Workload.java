package io.flashsale.faults.workload;

import io.flashsale.faults.checker.Call;
import io.flashsale.faults.checker.Call.Outcome;
import io.flashsale.faults.checker.History;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.OperationGenerator.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs buyers who buy, retry, cancel and read at random ({@link OperationGenerator}), and an admin who raises and
 * lowers the stock.
 */
public final class Workload {
    /** Concurrent connections of the flooding buyer; together they exceed the rate limit. */
    private static final int CONNECTIONS = 30;

    /** Calls of each of these connections per second. */
    private static final int CALLS_PER_CONNECTION = 3;

    /** Pause after a lost call: a refused connection would otherwise cause a busy loop. */
    private static final int PAUSE_AFTER_LOSS_MILLIS = 40;

    private final History history;
    private final List<ProductOnSale> products;
    private final int nodes;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Shopper> shoppers = new ArrayList<>();
    private final Random settling;
    private volatile boolean over;

    public Workload(
            History history,
            List<Buyer> buyers,
            Buyer floodingBuyer,
            Buyer admin,
            List<ProductOnSale> products,
            int nodes,
            long seed) {
        this.history = history;
        this.products = products;
        this.nodes = nodes;
        Random seeds = new Random(seed);
        settling = new Random(seeds.nextLong());
        for (Buyer buyer : buyers) {
            Shopper shopper = new Shopper(buyer);
            OperationGenerator operations = new OperationGenerator(seeds.nextLong(), nodes, products.size());
            shoppers.add(shopper);
            threads.add(new Thread(() -> shop(shopper, operations), "shopper"));
        }
        if (floodingBuyer != null) {
            Shopper shopper = new Shopper(floodingBuyer);
            shoppers.add(shopper);
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                int first = connection;
                threads.add(new Thread(() -> flood(shopper, first), "flooding-buyer"));
            }
        }
        if (admin != null) {
            Random random = new Random(seeds.nextLong());
            threads.add(new Thread(() -> edit(admin, random), "admin"));
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /** Stops all new operations, and waits for the pending ones. */
    public void end() {
        over = true;
        join(threads);
    }

    /**
     * Repeats every request of every buyer until its response is final.
     *
     * @param deadline of the history, in nanoseconds, by which every response must be final
     */
    public void settle(long deadline) {
        List<Thread> last = new ArrayList<>();
        for (Shopper shopper : shoppers) {
            Random random = new Random(settling.nextLong());
            last.add(new Thread(() -> shopper.settle(random, deadline), "settling"));
        }
        last.forEach(Thread::start);
        join(last);
    }

    private static void join(List<Thread> threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void shop(Shopper shopper, OperationGenerator operations) {
        while (!over) {
            Operation operation = operations.next();
            shopper.act(operation);
            Processes.pause(operation.pauseMillis());
        }
    }

    /** Floods the nodes with one request, on all connections at once. */
    private void flood(Shopper shopper, int first) {
        int turn = first;
        while (!over) {
            for (int call = 0; call < CALLS_PER_CONNECTION && !over; call++) {
                shopper.buy(turn++ % nodes, products.get(0).id(), "again", 1);
            }
            Processes.pause(1_000 - TimeUnit.NANOSECONDS.toMillis(history.now()) % 1_000);
        }
    }

    /** Edits every product but the last: after an edit without a response the stock is unknown. */
    private void edit(Buyer admin, Random random) {
        while (!over) {
            ProductOnSale product = products.get(random.nextInt(products.size() - 1));
            int stock = product.stock() - 5 + random.nextInt(15);
            int node = random.nextInt(nodes);
            int pauseMillis = 100 + random.nextInt(400);
            admin.edit(history, node, product.id(), stock);
            Processes.pause(pauseMillis);
        }
    }

    private final class Shopper {
        private final Buyer buyer;
        /** The best response by key and quantity. */
        private final Map<String, Call> intents = new LinkedHashMap<>();
        /** Orders that this buyer has not seen cancelled. */
        private final Map<String, Call> held = new LinkedHashMap<>();

        private final Set<String> cancelled = new HashSet<>();

        private int keys;

        Shopper(Buyer buyer) {
            this.buyer = buyer;
        }

        void act(Operation operation) {
            Call earlier = operation.of(intents());
            // Some cancel an order again that they have cancelled before.
            Call order = operation.of(operation.quantity() == 2 ? bought() : held());
            switch (operation.kind()) {
                case BUY ->
                    buy(
                            operation.node(),
                            products.get(operation.product()).id(),
                            "key-" + keys++,
                            operation.quantity());
                case RETRY -> {
                    if (earlier != null) {
                        buy(operation.node(), earlier.productId(), earlier.key(), earlier.quantity());
                    }
                }
                case PROBE -> {
                    if (earlier != null) {
                        buy(operation.node(), earlier.productId(), earlier.key(), 3 - earlier.quantity());
                    }
                }
                case CANCEL -> {
                    if (order != null) {
                        cancel(operation.node(), order);
                    }
                }
                case READ -> {
                    if (order != null) {
                        buyer.read(history, operation.node(), order.productId(), order.orderId());
                    }
                }
                default -> throw new IllegalStateException("unknown operation: " + operation);
            }
        }

        private Call buy(int node, String productId, String key, int quantity) {
            Call call = buyer.buy(history, node, productId, key, quantity);
            if (call.status() == 0) {
                Processes.pause(PAUSE_AFTER_LOSS_MILLIS);
            }
            synchronized (this) {
                intents.merge(key + " " + quantity, call, Shopper::better);
                if (call.bought() && !cancelled.contains(call.orderId())) {
                    held.put(call.orderId(), call);
                }
            }
            return call;
        }

        private void cancel(int node, Call order) {
            Call call = buyer.cancel(history, node, order.productId(), order.orderId());
            if (call.outcome() != Outcome.UNKNOWN) {
                synchronized (this) {
                    cancelled.add(order.orderId());
                    held.remove(order.orderId());
                }
            }
        }

        private synchronized List<Call> intents() {
            return List.copyOf(intents.values());
        }

        private List<Call> bought() {
            return intents().stream().filter(Call::bought).toList();
        }

        private synchronized List<Call> held() {
            return List.copyOf(held.values());
        }

        /** Returns the more informative response: a success outranks a later failure. */
        private static Call better(Call before, Call now) {
            if (before.acknowledged() && !now.acknowledged()) {
                return before;
            }
            return before.bought() && now.outcome() == Outcome.UNKNOWN ? before : now;
        }

        void settle(Random random, long deadline) {
            for (Call intent : intents()) {
                if (history.now() > deadline) {
                    return;
                }
                Call answer = buy(random.nextInt(nodes), intent.productId(), intent.key(), intent.quantity());
                while ((answer.outcome() == Outcome.UNKNOWN || answer.status() == 202 || answer.status() == 429)
                        && history.now() < deadline) {
                    Processes.pause(100);
                    answer = buy(random.nextInt(nodes), intent.productId(), intent.key(), intent.quantity());
                }
            }
        }
    }
}
