package io.flashsale.purchase;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.OrderIds;

/**
 * Requests a purchase.
 *
 * @param userId the authenticated user, whose one-time code is verified
 * @param productId a well-formed id; the product may not exist
 * @param key the client's idempotency key
 * @param quantity number of units, at least 1
 */
public record PurchaseCommand(String userId, String productId, IdempotencyKey key, int quantity) {
    /** Returns the id of the order for this request, whether or not it exists yet. */
    public String orderId() {
        return OrderIds.of(userId, productId, key);
    }
}
