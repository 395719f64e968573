package io.flashsale.catalog;

import io.flashsale.domain.Product;

/**
 * Joins a product with its live stock.
 *
 * @param product the product as stored in MongoDB
 * @param remaining units left, always read live; null if Redis does not answer
 * @param cacheHit whether the product came from the cache; its stock never does
 */
public record ProductView(Product product, Long remaining, boolean cacheHit) {}
