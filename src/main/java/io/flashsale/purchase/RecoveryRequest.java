package io.flashsale.purchase;

/**
 * Asks for the recovery of one sale from MongoDB.
 *
 * @param productId the product whose sale is not certified, or proved to be forgetful
 * @param wrongEpoch the epoch under which it proved to be wrong though certified; 0 where it was only not certified. What
 *     was recovered since is left alone: a request may be older than the recovery that met it
 */
public record RecoveryRequest(String productId, long wrongEpoch) {}
