package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.vertx.core.Future;

/**
 * Who holds which unit in Redis. Each change is a compare-and-set on the holder that the caller saw, and is refused under
 * another epoch, or once a later pass of the reconciler has repaired the sale.
 */
public interface UnitHolders {
    /**
     * Gives a unit to the order that MongoDB says holds it, if Redis still names {@code believed}.
     *
     * @param believed the order that Redis names, or "" for none
     * @param epoch in which the caller looked
     * @param pass the fencing token of its pass
     */
    Future<Boolean> adopt(Order trueHolder, int unit, String believed, String epoch, String pass);

    /** Makes a unit sellable that is held for no order, if Redis still names {@code believed}; see {@link #adopt}. */
    Future<Boolean> freeUnit(String productId, int unit, String believed, String epoch, String pass);
}
