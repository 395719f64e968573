package io.flashsale.persistence;

import io.flashsale.domain.Order;
import io.vertx.core.Future;

/** Has one order written in MongoDB. */
@FunctionalInterface
public interface OrderInserter {
    /** Writes the order; answers {@link PlaceReply.Kind#UNKNOWN} where no answer came in time, never fails. */
    Future<PlaceReply> place(Order order);
}
