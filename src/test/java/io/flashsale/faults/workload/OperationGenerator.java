package io.flashsale.faults.workload;

import java.util.List;
import java.util.Random;

/**
 * What a shopper wishes, one after the other. Every wish is drawn as a whole, whatever it comes to: the same seed means the
 * same wishes, whatever the answers are and however long they take.
 */
public final class OperationGenerator {
    /** The kinds, and how many in a hundred wishes are of each. */
    public enum Kind {
        /** A new intent. */
        BUY,
        /** The same request once more. */
        RETRY,
        /** Another quantity under a key that was used. */
        PROBE,
        CANCEL,
        READ
    }

    private static final int MAX_PAUSE_MILLIS = 25;

    /**
     * A wish.
     *
     * @param kind of it
     * @param node that is asked
     * @param product that is wanted, where it is a new one
     * @param quantity that is wanted, where it is a new one
     * @param which of those that could be meant, from 0 to less than 1
     * @param pauseMillis until the next
     */
    public record Operation(Kind kind, int node, int product, int quantity, double which, int pauseMillis) {
        /** The one that is meant, or null where there is none. */
        <T> T of(List<T> all) {
            return all.isEmpty() ? null : all.get((int) (which * all.size()));
        }
    }

    private final Random random;
    private final int nodes;
    private final int products;

    public OperationGenerator(long seed, int nodes, int products) {
        this.random = new Random(seed);
        this.nodes = nodes;
        this.products = products;
    }

    public Operation next() {
        return new Operation(
                kind(random.nextInt(100)),
                random.nextInt(nodes),
                random.nextInt(products),
                random.nextInt(4) == 0 ? 2 : 1,
                random.nextDouble(),
                random.nextInt(MAX_PAUSE_MILLIS));
    }

    private static Kind kind(int dice) {
        if (dice < 45) {
            return Kind.BUY;
        }
        if (dice < 68) {
            return Kind.RETRY;
        }
        if (dice < 72) {
            return Kind.PROBE;
        }
        return dice < 92 ? Kind.CANCEL : Kind.READ;
    }
}
