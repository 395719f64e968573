package io.flashsale.catalog;

/**
 * Holds the result of a change of the catalogue that is stored in MongoDB.
 *
 * @param result the product as it is now
 * @param propagated whether the cache and the running sale have the change, so that every node shows and sells the new
 *     version; otherwise this node retries as soon as Redis answers, and the reconciler does in its next pass
 * @param <T> the type of the result
 */
public record Change<T>(T result, boolean propagated) {}
