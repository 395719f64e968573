package io.flashsale.catalog;

import io.flashsale.domain.Product;

/**
 * A product as a client sees it.
 *
 * @param product as MongoDB holds it
 * @param remaining units left now, read live; null while Redis does not say
 * @param cacheHit whether the product, never what is left of it, came from a cache
 */
public record ProductView(Product product, Long remaining, boolean cacheHit) {}
