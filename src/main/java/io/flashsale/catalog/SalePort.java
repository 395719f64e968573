package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.vertx.core.Future;

/**
 * Gives the catalogue access to the running sale. The server injects the adapter, so that catalog and purchase stay
 * independent.
 */
public interface SalePort {
    /** Creates the sale's keys in Redis from MongoDB. */
    Future<Void> open(String productId);

    /**
     * Applies a newer version of the settings, and added units, to the running sale. A changed limit assigns live
     * orders their slots, for which the sale is rebuilt.
     *
     * @return fails if the sale did not get them: Redis does not answer, or another node is recovering the sale
     */
    Future<Void> configure(Product product);

    /**
     * Takes units off sale, all or none.
     *
     * @param reference makes the call idempotent
     * @return false if fewer units are free
     */
    Future<Boolean> hold(String productId, int units, String reference);

    /** Puts the units of a stock hold on sale again. */
    Future<Void> giveBack(String productId, int units, String reference);

    /** Returns whether no order of the product waits for MongoDB. */
    Future<Boolean> outboxIsEmpty(String productId);
}
