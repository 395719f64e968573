package io.flashsale.orders;

import io.vertx.core.Future;

/** Releases the reservations of orders that an admin has discarded because MongoDB rejects them. */
@FunctionalInterface
public interface DiscardedOrders {
    /**
     * Releases what a discarded order still holds. A recovery may have restored it meanwhile.
     *
     * @param includeUnits whether to release the units too; false if another order has bought them since
     * @return false if the order is not a discarded one
     */
    Future<Boolean> giveBackIfDiscarded(String orderId, boolean includeUnits);
}
