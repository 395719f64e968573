package io.flashsale.purchase;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.OrderIds;

/**
 * A user's wish to buy.
 *
 * @param userId who is signed in, with the code verified
 * @param productId well-formed, perhaps unknown
 * @param key the client's name for this intent
 * @param quantity units, at least 1
 */
public record PurchaseCommand(String userId, String productId, IdempotencyKey key, int quantity) {
    /** The id that the order has or will have. */
    public String orderId() {
        return OrderIds.of(userId, productId, key);
    }
}
