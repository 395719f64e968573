package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;

/** Writes one order to MongoDB. */
@FunctionalInterface
public interface OrderInserter {
    /** Writes the order. Returns {@link PersistResult.Kind#UNKNOWN} if no reply came in time; never fails. */
    Future<PersistResult> place(Order order);
}
