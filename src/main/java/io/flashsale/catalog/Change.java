package io.flashsale.catalog;

/**
 * What came of a change of the catalogue that stands in MongoDB.
 *
 * @param result the product as it is now
 * @param propagated whether the cache and the running sale have it, and so every node shows it and sells by it from now
 *     on; otherwise they are given it later, by this node as soon as Redis answers and by the reconciler's next pass
 * @param <T> what the change results in
 */
public record Change<T>(T result, boolean propagated) {}
