package io.flashsale.purchase;

/**
 * Asks for the recovery of one sale from MongoDB.
 *
 * @param productId the product whose sale is not certified, or proved to be forgetful
 */
public record RecoveryRequest(String productId) {}
