package io.flashsale.faults.injection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Derives a schedule from a seed: the faults of each sale in order, their durations and targets, the products and all
 * operations ({@link OperationGenerator}). The seed of a sale is drawn before its content, and every fault and every
 * shopper has its own generator; so neither the speed of the machine nor any response shifts later values. Which call a
 * fault hits depends on the machine.
 */
public final class Schedule {
    /**
     * Describes a fault of a sale.
     *
     * @param fault to inject
     * @param seed for its target and duration
     * @param pauseMillis pause after it
     */
    public record FaultInjection(Fault fault, long seed, int pauseMillis) {}

    /**
     * Describes a product of a sale.
     *
     * @param stock initially put on sale
     * @param limit units per user; 0 for none
     * @param watch seed of the subscriber to its events
     */
    public record ProductSpec(int stock, int limit, long watch) {}

    /**
     * Describes a sale.
     *
     * @param products on sale
     * @param injections faults in order
     * @param operations seed of all operations
     */
    public record Sale(List<ProductSpec> products, List<FaultInjection> injections, long operations) {
        public boolean losesData() {
            return injections.stream().anyMatch(injection -> injection.fault().losesData());
        }

        public List<Fault> faults() {
            return injections.stream().map(FaultInjection::fault).toList();
        }
    }

    private static final int MAX_PAUSE_MILLIS = 400;

    private final Random random;
    private final List<Fault> chosen;
    private final int each;
    private final List<Fault> waiting = new ArrayList<>();
    private int drawn;

    /**
     * Creates a schedule that begins at the first sale.
     *
     * @param chosen faults to play: all are drawn before any is drawn again
     * @param each number of faults in a sale; {@link Fault#NOTHING} is always alone, and first
     */
    public Schedule(long seed, List<Fault> chosen, int each) {
        this.random = new Random(seed);
        this.chosen = List.copyOf(chosen);
        this.each = each;
    }

    /** Whether every chosen fault was drawn. */
    public boolean isComplete() {
        return drawn >= chosen.size();
    }

    /** Draws the next sale. */
    public Sale next() {
        List<Fault> faults = faults();
        drawn += faults.size();
        return sale(faults);
    }

    /** Draws a sale with one fault that was not injected before because no node reached its crash point. */
    public Sale again(Fault fault) {
        return sale(List.of(fault));
    }

    private Sale sale(List<Fault> faults) {
        Random own = new Random(random.nextLong());
        List<FaultInjection> injections = faults.stream()
                .map(fault -> new FaultInjection(fault, own.nextLong(), own.nextInt(MAX_PAUSE_MILLIS)))
                .toList();
        List<ProductSpec> products = List.of(product(own, 1), product(own, 2), product(own, 0));
        return new Sale(products, injections, own.nextLong());
    }

    private static ProductSpec product(Random own, int limit) {
        return new ProductSpec(15 + own.nextInt(25), limit, own.nextLong());
    }

    private List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        while (faults.size() < each) {
            if (waiting.isEmpty()) {
                waiting.addAll(chosen);
                Collections.shuffle(waiting, random);
                if (waiting.remove(Fault.NOTHING)) {
                    waiting.add(0, Fault.NOTHING);
                }
            }
            if (waiting.get(0) != Fault.NOTHING) {
                faults.add(waiting.remove(0));
            } else if (faults.isEmpty()) {
                return List.of(waiting.remove(0));
            } else {
                break;
            }
        }
        return faults;
    }
}
