package io.flashsale.domain;

import java.util.Optional;

/**
 * Order ids: {@code <product id>-<hash of user, product and key>}.
 *
 * <p>The same request has the same id on every node and after every loss, so a retry can never make a second order. The
 * product stands in front so that an order that only Redis knows is found without a directory.
 */
public final class OrderIds {
    private static final char SEPARATOR = '-';

    private OrderIds() {}

    /** The id of the order that this user's request for this product under this key has or will have. */
    public static String of(String userId, String productId, IdempotencyKey key) {
        return productId + SEPARATOR + Digests.ofParts(userId, productId, key.value());
    }

    /** The product in the id, or nothing where the text cannot be an order's id. */
    public static Optional<String> productOf(String orderId) {
        int end = orderId.indexOf(SEPARATOR);
        if (end < 1 || !ProductIds.isWellFormed(orderId.substring(0, end))) {
            return Optional.empty();
        }
        return Optional.of(orderId.substring(0, end));
    }
}
