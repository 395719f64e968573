package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.vertx.core.Future;

/** What the catalogue needs of the running sale. The root plugs the ledger in, so that neither room knows the other. */
public interface SalePort {
    /** Makes the sale's keys in Redis from what MongoDB holds. */
    Future<Void> open(String productId);

    /**
     * Hands a newer version of the settings, and added units, to the running sale. Another limit gives live orders the
     * slots that it asks for, which rebuilds the sale.
     *
     * @return fails where the sale has not got them: Redis does not answer, or somebody else is at its recovery
     */
    Future<Void> configure(Product product);

    /**
     * Takes units off sale, all or none.
     *
     * @param reference the same one is done once
     * @return false where fewer are free
     */
    Future<Boolean> hold(String productId, int units, String reference);

    /** Puts the units of a withdrawal on sale again. */
    Future<Void> giveBack(String productId, int units, String reference);

    /** Whether no order of the product waits for MongoDB. */
    Future<Boolean> outboxIsEmpty(String productId);
}
