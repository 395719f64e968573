package io.flashsale.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * What became of a wish to buy.
 *
 * @param kind which of the cases
 * @param order for {@link Kind#PLACED} and {@link Kind#RESERVED}
 * @param replayed whether the key had its order before this call
 * @param orderId for {@link Kind#LIMIT_REACHED}: the buyer's latest order, or null where the request alone is too large
 * @param remaining for {@link Kind#INSUFFICIENT_STOCK}: units left
 * @param opensAt for {@link Kind#NOT_OPEN}, or null
 * @param closesAt for {@link Kind#NOT_OPEN}, or null
 * @param retryAfter for {@link Kind#OVERLOADED} and {@link Kind#UNAVAILABLE}
 */
public record PurchaseOutcome(
        Kind kind,
        Order order,
        boolean replayed,
        String orderId,
        Long remaining,
        Instant opensAt,
        Instant closesAt,
        Duration retryAfter) {
    /** The cases. */
    public enum Kind {
        /** Written in MongoDB: a promise. */
        PLACED,
        /** Decided by Redis; MongoDB has not confirmed in time. */
        RESERVED,
        /** The key is bound to another quantity. */
        KEY_REUSED,
        /** The buyer would hold more units than the limit. */
        LIMIT_REACHED,
        /** Outside the window, or paused. */
        NOT_OPEN,
        /** Nothing left. */
        SOLD_OUT,
        /** Fewer left than asked for. */
        INSUFFICIENT_STOCK,
        /** No such product. */
        UNKNOWN_PRODUCT,
        /** Shed before anything was done. */
        OVERLOADED,
        /** A store is away or the sale is being recovered; the order may exist: ask again with the same key. */
        UNAVAILABLE
    }

    private static final Duration SOON = Duration.ofSeconds(1);

    public static PurchaseOutcome placed(Order order, boolean replayed) {
        return new PurchaseOutcome(Kind.PLACED, order, replayed, order.id(), null, null, null, null);
    }

    public static PurchaseOutcome reserved(Order order, boolean replayed) {
        return new PurchaseOutcome(Kind.RESERVED, order, replayed, order.id(), null, null, null, null);
    }

    public static PurchaseOutcome limitReached(String latestOrderId) {
        return new PurchaseOutcome(Kind.LIMIT_REACHED, null, false, latestOrderId, null, null, null, null);
    }

    public static PurchaseOutcome notOpen(Instant opensAt, Instant closesAt) {
        return new PurchaseOutcome(Kind.NOT_OPEN, null, false, null, null, opensAt, closesAt, null);
    }

    public static PurchaseOutcome insufficientStock(long remaining) {
        return new PurchaseOutcome(Kind.INSUFFICIENT_STOCK, null, false, null, remaining, null, null, null);
    }

    /** A refusal that needs no more said; the two kinds that ask for patience say how long. */
    public static PurchaseOutcome of(Kind kind) {
        Duration retryAfter = kind == Kind.OVERLOADED || kind == Kind.UNAVAILABLE ? SOON : null;
        return new PurchaseOutcome(kind, null, false, null, null, null, null, retryAfter);
    }
}
