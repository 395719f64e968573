package io.flashsale.purchase;

/**
 * Requests the recovery of one sale from MongoDB.
 *
 * @param productId the product whose sale is uncertified or has lost data
 * @param wrongEpoch the epoch under which a certified sale was found inconsistent; 0 for an uncertified sale. A sale
 *     that was recovered after this epoch is not recovered again, because the request may be older than that recovery
 */
public record RecoveryRequest(String productId, long wrongEpoch) {}
