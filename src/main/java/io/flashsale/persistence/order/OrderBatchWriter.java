package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.List;

/** Writes a batch of orders to MongoDB. */
@FunctionalInterface
public interface OrderBatchWriter {
    /**
     * Writes these orders.
     *
     * @return one result per order, in the same sequence
     */
    Future<List<PersistResult>> place(List<Order> reserved);
}
