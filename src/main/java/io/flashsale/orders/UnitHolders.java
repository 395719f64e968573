package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.vertx.core.Future;

/**
 * Corrects the holders of units in Redis. Each change is a compare-and-set on the holder that the caller has read. It
 * is rejected under another epoch, and after a later pass of the reconciler has repaired the sale.
 */
public interface UnitHolders {
    /**
     * Assigns a unit to its holder in MongoDB if its holder in Redis is still {@code expectedHolder}.
     *
     * @param expectedHolder the id of the order that holds the unit in Redis, or "" if none does
     * @param epoch the epoch in which the caller has read the holder
     * @param pass the fencing token of the caller's pass
     */
    Future<Boolean> adopt(Order trueHolder, int unit, String expectedHolder, String epoch, String pass);

    /** Makes a unit sellable if its holder in Redis is still {@code expectedHolder}; see {@link #adopt}. */
    Future<Boolean> freeUnit(String productId, int unit, String expectedHolder, String epoch, String pass);
}
