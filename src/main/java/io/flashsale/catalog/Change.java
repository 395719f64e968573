package io.flashsale.catalog;

/**
 * What came of a change of the catalogue that stands in MongoDB.
 *
 * @param result the product as it is now
 * @param everywhere whether the cache and the running sale have it, and so every node shows it and sells by it from now
 *     on; otherwise Redis did not answer, and they have it as soon as it does
 * @param <T> what the change results in
 */
public record Change<T>(T result, boolean everywhere) {}
