package io.flashsale.orders;

import io.vertx.core.Future;

/** Orders that an admin has ended, since MongoDB refuses them. */
@FunctionalInterface
public interface DiscardedOrders {
    /**
     * Gives back the rest of a discarded order, which a recovery may have restored meanwhile.
     *
     * @param unitsToo unless somebody else has bought them since
     * @return false for any other order
     */
    Future<Boolean> giveBackIfDiscarded(String orderId, boolean unitsToo);
}
