package io.flashsale.persistence.order;

import io.flashsale.domain.Order;

/**
 * Requests that an order be written to MongoDB. Repeating the request is safe.
 *
 * @param order the order as Redis reserved it
 */
public record PersistOrder(Order order) {}
