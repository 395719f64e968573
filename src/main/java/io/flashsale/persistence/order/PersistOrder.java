package io.flashsale.persistence.order;

import io.flashsale.domain.Order;

/**
 * Asks for an order to be written in MongoDB. May be asked any number of times.
 *
 * @param order as Redis reserved it
 */
public record PersistOrder(Order order) {}
