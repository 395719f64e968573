package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.Optional;

/** Finds an order in MongoDB. */
@FunctionalInterface
public interface OrderLookup {
    /** Finds the order with this id, regardless of its buyer. */
    Future<Optional<Order>> find(String orderId);
}
