package io.flashsale.persistence;

import io.flashsale.domain.Order;

/**
 * Asks for an order to be written in MongoDB. May be asked any number of times.
 *
 * @param order as Redis reserved it
 */
public record PlaceOrder(Order order) {}
