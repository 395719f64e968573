package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import java.time.Instant;

/**
 * An order that Redis reserved and MongoDB refuses for good. It keeps its units until an admin has it written or discards
 * it.
 *
 * @param order as it was reserved
 * @param reason what MongoDB said of it
 * @param tries how often it was refused before it was put aside
 * @param at when that was, or when it was discarded
 * @param discarded whether an admin has ended it; then it holds nothing any more
 */
public record DeadLetter(Order order, String reason, int tries, Instant at, boolean discarded) {
    /** The order as its buyer is to see it. */
    public Order orderForBuyer() {
        return discarded ? order.withStatus(OrderStatus.FAILED, at) : order;
    }
}
