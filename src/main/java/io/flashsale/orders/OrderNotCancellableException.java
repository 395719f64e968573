package io.flashsale.orders;

import io.flashsale.domain.OrderStatus;

/** Reports that an order cannot be cancelled in its current status. */
public final class OrderNotCancellableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception for an order in this status. */
    public OrderNotCancellableException(OrderStatus status) {
        super("the order is " + status.wireName(), null, false, false);
    }
}
