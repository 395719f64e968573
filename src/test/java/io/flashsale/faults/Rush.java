package io.flashsale.faults;

import io.flashsale.faults.Call.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Buyers who buy, buy again, retry, change their minds and look, at random; and an admin who raises and lowers the stock.
 * Each draws from a generator of its own, so that a seed means the same wishes whatever the answers take.
 */
final class Rush {
    private static final int MAX_PAUSE_MILLIS = 25;

    private final History history;
    private final List<Ware> wares;
    private final int nodes;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Shopper> shoppers = new ArrayList<>();
    private volatile boolean over;

    Rush(History history, List<Buyer> buyers, Buyer hammerer, Buyer admin, List<Ware> wares, int nodes, long seed) {
        this.history = history;
        this.wares = wares;
        this.nodes = nodes;
        Random seeds = new Random(seed);
        for (Buyer buyer : buyers) {
            Shopper shopper = new Shopper(buyer, new Random(seeds.nextLong()));
            shoppers.add(shopper);
            threads.add(new Thread(shopper::shop, "shopper"));
        }
        if (hammerer != null) {
            Shopper shopper = new Shopper(hammerer, new Random(seeds.nextLong()));
            shoppers.add(shopper);
            threads.add(new Thread(() -> hammer(shopper), "hammerer"));
        }
        if (admin != null) {
            Random random = new Random(seeds.nextLong());
            threads.add(new Thread(() -> edit(admin, random), "admin"));
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Nobody begins anything new. */
    void end() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Everybody asks again about what they do not know yet, and once more about what they were promised.
     *
     * @param deadline of the history, in nanoseconds, by which every answer is to be final
     */
    void settle(long deadline) {
        List<Thread> last = shoppers.stream()
                .map(shopper -> new Thread(() -> shopper.settle(deadline), "settling"))
                .toList();
        last.forEach(Thread::start);
        last.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Somebody who hammers the door, with one wish. */
    private void hammer(Shopper shopper) {
        int turn = 0;
        while (!over) {
            shopper.buy(turn++ % nodes, wares.get(0).id(), "again", 1);
            Processes.pause(1);
        }
    }

    private void edit(Buyer admin, Random random) {
        while (!over) {
            Ware ware = wares.get(random.nextInt(wares.size()));
            int stock = ware.stock() - 5 + random.nextInt(15);
            Call call = admin.edit(history, random.nextInt(nodes), ware.id(), stock);
            if (!over && call.outcome() == Outcome.UNKNOWN) {
                Processes.pause(100);
            }
            Processes.pause(100 + random.nextInt(400));
        }
    }

    private final class Shopper {
        private final Buyer buyer;
        private final Random random;
        /** By key: the last thing that was heard of it. */
        private final Map<String, Call> intents = new LinkedHashMap<>();

        private int keys;

        Shopper(Buyer buyer, Random random) {
            this.buyer = buyer;
            this.random = random;
        }

        void shop() {
            while (!over) {
                act();
                Processes.pause(random.nextInt(MAX_PAUSE_MILLIS));
            }
        }

        private void act() {
            int dice = random.nextInt(100);
            int node = random.nextInt(nodes);
            List<Call> known = new ArrayList<>(intents.values());
            Call earlier = known.isEmpty() ? null : known.get(random.nextInt(known.size()));
            if (earlier == null || dice < 45) {
                Ware ware = wares.get(random.nextInt(wares.size()));
                buy(node, ware.id(), "key-" + keys++, random.nextInt(4) == 0 ? 2 : 1);
            } else if (dice < 70) {
                buy(node, earlier.productId(), earlier.key(), earlier.quantity());
            } else if (dice < 74) {
                // Not remembered: it is the same key, and another request.
                buyer.buy(history, node, earlier.productId(), earlier.key(), 3 - earlier.quantity());
            } else if (dice < 92 && earlier.bought()) {
                buyer.cancel(history, node, earlier.productId(), earlier.orderId());
            } else if (earlier.bought()) {
                buyer.read(history, node, earlier.productId(), earlier.orderId());
            }
        }

        private Call buy(int node, String productId, String key, int quantity) {
            Call call = buyer.buy(history, node, productId, key, quantity);
            intents.merge(key, call, Shopper::better);
            return call;
        }

        /** A success says more than what comes after it. */
        private static Call better(Call before, Call now) {
            if (before.acknowledged() && !now.acknowledged()) {
                return before;
            }
            return before.bought() && now.outcome() == Outcome.UNKNOWN ? before : now;
        }

        void settle(long deadline) {
            for (Call intent : List.copyOf(intents.values())) {
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
