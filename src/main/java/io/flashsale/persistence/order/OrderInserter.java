package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.vertx.core.Future;

/** Has one order written in MongoDB. */
@FunctionalInterface
public interface OrderInserter {
    /** Writes the order; answers {@link PersistResult.Kind#UNKNOWN} where no answer came in time, never fails. */
    Future<PersistResult> place(Order order);
}
