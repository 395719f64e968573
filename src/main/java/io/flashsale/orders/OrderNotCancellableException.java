package io.flashsale.orders;

import io.flashsale.domain.OrderStatus;

/** The order is in a status from which it cannot be cancelled. */
public final class OrderNotCancellableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says in which status the order is. */
    public OrderNotCancellableException(OrderStatus status) {
        super("the order is " + status.wireName(), null, false, false);
    }
}
