package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import java.time.Instant;

/**
 * Represents an order that Redis reserved and MongoDB rejects permanently. It keeps its units until an admin retries it
 * successfully or discards it.
 *
 * @param order the order as reserved
 * @param reason the error that MongoDB returned
 * @param tries how often it was rejected before it was dead-lettered
 * @param at when it was dead-lettered, or when it was discarded
 * @param discarded whether an admin has discarded it; it then holds no units
 */
public record DeadLetter(Order order, String reason, int tries, Instant at, boolean discarded) {
    /** Returns the order in the state that its buyer sees. */
    public Order orderForBuyer() {
        return discarded ? order.withStatus(OrderStatus.FAILED, at) : order;
    }
}
