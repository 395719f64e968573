package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;
import java.util.List;

/** Writes many orders in MongoDB at once. */
@FunctionalInterface
public interface OrderBatchWriter {
    /**
     * Writes these orders.
     *
     * @return a reply for each, in their order
     */
    Future<List<PersistResult>> place(List<Order> reserved);
}
