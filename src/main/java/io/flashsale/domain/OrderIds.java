package io.flashsale.domain;

import java.util.Optional;

/**
 * Derives order ids of the form {@code <product id>-<hash of user, product and key>}.
 *
 * <p>The same request has the same id on every node and after any data loss, so a retry never creates a second order.
 * The product comes first so that an order that exists only in Redis can be found without an index.
 */
public final class OrderIds {
    private static final char SEPARATOR = '-';

    private OrderIds() {}

    /** Returns the id of the order for this user's request for this product under this key. */
    public static String of(String userId, String productId, IdempotencyKey key) {
        return productId + SEPARATOR + Digests.ofParts(userId, productId, key.value());
    }

    /** Returns the product id in an order id; empty if the text is not a valid order id. */
    public static Optional<String> productOf(String orderId) {
        int end = orderId.indexOf(SEPARATOR);
        if (end < 1 || !ProductIds.isWellFormed(orderId.substring(0, end))) {
            return Optional.empty();
        }
        return Optional.of(orderId.substring(0, end));
    }
}
