package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.List;

/** Returns the units of cancelled orders to the stock and announces the remaining stock. */
public interface UnitReturns {
    /**
     * Returns units of a cancelled order to the stock. They stay held until the audit log has the cancellation.
     *
     * @param units the units that no other order has bought since
     * @return fails if a store does not reply
     */
    Future<Void> giveBackAudited(Order cancelled, List<Integer> units);

    /** Schedules an announcement of the remaining stock of a product. */
    void stockChanged(String productId);
}
