package io.flashsale.domain;

import java.time.Duration;
import java.time.Instant;

/** Reports the outcome of a purchase. Each kind of outcome is a record with the data that only this kind has. */
public sealed interface PurchaseOutcome {
    /** The kinds of outcome. */
    enum Kind {
        PLACED,
        RESERVED,
        KEY_REUSED,
        LIMIT_REACHED,
        NOT_OPEN,
        SOLD_OUT,
        INSUFFICIENT_STOCK,
        UNKNOWN_PRODUCT,
        OVERLOADED,
        UNAVAILABLE
    }

    /** When a client should retry after {@link Overloaded} and {@link Unavailable}. */
    Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** Returns the kind of outcome. */
    Kind kind();

    /** Returns whether the key was bound to its order before this call. */
    default boolean replayed() {
        return false;
    }

    /** The order is persisted in MongoDB: the purchase is confirmed. */
    record Placed(Order order, boolean replayed) implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.PLACED;
        }
    }

    /** The order is reserved in Redis; MongoDB has not confirmed it in time. */
    record Reserved(Order order, boolean replayed) implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.RESERVED;
        }
    }

    /** The key is bound to another quantity. */
    record KeyReused() implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.KEY_REUSED;
        }
    }

    /**
     * The buyer would exceed the purchase limit.
     *
     * @param latestOrderId the buyer's latest order, or null if the request alone exceeds the limit
     */
    record LimitReached(String latestOrderId) implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.LIMIT_REACHED;
        }
    }

    /**
     * The sale is not open yet, closed, or paused.
     *
     * @param opensAt start of the sale, or null
     * @param closesAt end of the sale, or null
     */
    record NotOpen(Instant opensAt, Instant closesAt) implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.NOT_OPEN;
        }
    }

    /** No units are left. */
    record SoldOut() implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.SOLD_OUT;
        }
    }

    /** Fewer units are left than requested. */
    record InsufficientStock(long remaining) implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.INSUFFICIENT_STOCK;
        }
    }

    /** There is no such product. */
    record UnknownProduct() implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.UNKNOWN_PRODUCT;
        }
    }

    /** The request was shed before any processing. */
    record Overloaded() implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.OVERLOADED;
        }
    }

    /** A store is unavailable or the sale is being recovered. The order may exist: retry with the same key. */
    record Unavailable() implements PurchaseOutcome {
        @Override
        public Kind kind() {
            return Kind.UNAVAILABLE;
        }
    }
}
