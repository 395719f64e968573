package io.flashsale.faults.workload;

import java.util.List;
import java.util.Random;

/**
 * Generates the operations of a shopper. Each operation is drawn completely, whatever its result: the same seed gives
 * the same operations, independent of responses and their timing.
 */
public final class OperationGenerator {
    /** Kinds of operations; {@link #kind} sets how frequent each is. */
    public enum Kind {
        /** A purchase under a new key. */
        BUY,
        /** The same request again. */
        RETRY,
        /** Another quantity under a used key. */
        PROBE,
        CANCEL,
        READ
    }

    private static final int MAX_PAUSE_MILLIS = 25;

    /**
     * Describes an operation.
     *
     * @param kind of the operation
     * @param node that receives it
     * @param product index, for a new purchase
     * @param quantity for a new purchase
     * @param which position among the possible targets, from 0 to less than 1
     * @param pauseMillis until the next operation
     */
    public record Operation(Kind kind, int node, int product, int quantity, double which, int pauseMillis) {
        /** Returns the chosen target, or null if there is none. */
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
