package io.flashsale.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * Reports the outcome of a purchase.
 *
 * @param kind the kind of outcome
 * @param order for {@link Kind#PLACED} and {@link Kind#RESERVED}
 * @param replayed whether the key was bound to its order before this call
 * @param orderId for {@link Kind#LIMIT_REACHED}: the buyer's latest order, or null if the request alone exceeds the
 *     limit
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
    /** The kinds of outcome. */
    public enum Kind {
        /** Persisted in MongoDB: the purchase is confirmed. */
        PLACED,
        /** Reserved in Redis; MongoDB has not confirmed it in time. */
        RESERVED,
        /** The key is bound to another quantity. */
        KEY_REUSED,
        /** The buyer would exceed the purchase limit. */
        LIMIT_REACHED,
        /** The sale is not open yet, closed, or paused. */
        NOT_OPEN,
        /** No units are left. */
        SOLD_OUT,
        /** Fewer units are left than requested. */
        INSUFFICIENT_STOCK,
        /** There is no such product. */
        UNKNOWN_PRODUCT,
        /** The request was shed before any processing. */
        OVERLOADED,
        /** A store is unavailable or the sale is being recovered. The order may exist: retry with the same key. */
        UNAVAILABLE
    }

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

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

    /** Creates a refusal without details. {@code OVERLOADED} and {@code UNAVAILABLE} get a retry delay. */
    public static PurchaseOutcome of(Kind kind) {
        Duration retryAfter = kind == Kind.OVERLOADED || kind == Kind.UNAVAILABLE ? RETRY_DELAY : null;
        return new PurchaseOutcome(kind, null, false, null, null, null, null, retryAfter);
    }
}
