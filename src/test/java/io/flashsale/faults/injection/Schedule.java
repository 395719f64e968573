package io.flashsale.faults.injection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a seed stands for: which faults strike which sale in which order, how long they last and whom they hit, what is on
 * sale, and what everybody wishes ({@link io.flashsale.faults.workload.OperationGenerator}). The seed of each sale is drawn before anything in it is, and every
 * fault and every shopper has a generator of its own; so neither the machine's speed nor any answer shifts what comes
 * later. Which call a fault hits is the machine's affair.
 */
public final class Schedule {
    /**
     * A fault of a sale.
     *
     * @param fault which
     * @param seed of whom it hits and how long
     * @param restMillis what is left to the buyers after it
     */
    public record FaultInjection(Fault fault, long seed, int restMillis) {}

    /**
     * A product of a sale.
     *
     * @param stock put on sale at first
     * @param limit units per user; 0 for none
     * @param watch the seed of where somebody looks at its page
     */
    public record ProductSpec(int stock, int limit, long watch) {}

    /**
     * A sale.
     *
     * @param products what is sold
     * @param injections what goes wrong, in that order
     * @param operations the seed of what everybody wishes
     */
    public record Sale(List<ProductSpec> products, List<FaultInjection> injections, long operations) {
        public boolean isForgetful() {
            return injections.stream().anyMatch(injection -> injection.fault().losesData());
        }

        public List<Fault> faults() {
            return injections.stream().map(FaultInjection::fault).toList();
        }
    }

    private static final int MAX_REST_MILLIS = 400;

    private final Random random;
    private final List<Fault> chosen;
    private final int each;
    private final List<Fault> waiting = new ArrayList<>();
    private int drawn;

    /**
     * Begins at the first sale.
     *
     * @param chosen the faults to play: every one comes up before any comes up again
     * @param each so many in a sale; {@link Fault#NOTHING} is always alone, and first
     */
    public Schedule(long seed, List<Fault> chosen, int each) {
        this.random = new Random(seed);
        this.chosen = List.copyOf(chosen);
        this.each = each;
    }

    /** Whether every chosen fault has come up. */
    public boolean isComplete() {
        return drawn >= chosen.size();
    }

    /** The next sale. */
    public Sale next() {
        List<Fault> faults = faults();
        drawn += faults.size();
        return sale(faults);
    }

    /** A sale with one fault more than once: the last time no node came to where it strikes. */
    public Sale again(Fault fault) {
        return sale(List.of(fault));
    }

    private Sale sale(List<Fault> faults) {
        Random own = new Random(random.nextLong());
        List<FaultInjection> injections = faults.stream()
                .map(fault -> new FaultInjection(fault, own.nextLong(), own.nextInt(MAX_REST_MILLIS)))
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
