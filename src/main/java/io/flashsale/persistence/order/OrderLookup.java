package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.Optional;

/** Finds an order in MongoDB. */
@FunctionalInterface
public interface OrderLookup {
    /** The order of that id, whoever bought it. */
    Future<Optional<Order>> find(String orderId);
}
