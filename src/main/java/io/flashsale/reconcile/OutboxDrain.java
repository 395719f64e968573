package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Order;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.OrderInserter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Writes the orders in the outbox to MongoDB before a recovery clears the outbox. MongoDB's unique indexes resolve
 * conflicts. Belongs to one event loop.
 */
final class OutboxDrain {
    /** The recovery clears the outbox, so an order cannot be retried over many passes as by the relay. */
    static final int MAX_REFUSALS = 3;

    private static final int ORDERS_AT_ONCE = 500;

    /** First pause before an order is retried to which MongoDB did not reply; doubles up to the longest pause. */
    private static final long FIRST_PAUSE_MILLIS = 300;

    private static final long MAX_PAUSE_MILLIS = 5_000;

    private final Vertx vertx;
    private final OrderInserter writer;
    private final Function<Order, Future<Void>> recordFailed;
    private final BiFunction<Order, String, Future<Void>> deadLetter;

    /**
     * Creates a drain.
     *
     * @param recordFailed records that an order was reserved and then lost
     * @param deadLetter dead-letters an order, given the reason
     */
    OutboxDrain(
            Vertx vertx,
            OrderInserter writer,
            Function<Order, Future<Void>> recordFailed,
            BiFunction<Order, String, Future<Void>> deadLetter) {
        this.vertx = vertx;
        this.writer = writer;
        this.recordFailed = recordFailed;
        this.deadLetter = deadLetter;
    }

    /** Writes these orders; fails if MongoDB does not accept or refuse one of them in time. */
    Future<Void> drain(Collection<Order> outbox) {
        return BoundedConcurrency.each(
                List.copyOf(outbox), ORDERS_AT_ONCE, order -> drain(order, MAX_REFUSALS, FIRST_PAUSE_MILLIS));
    }

    private Future<Void> drain(Order order, int refusalsLeft, long pauseMillis) {
        return writer.place(order).compose(reply -> switch (reply.kind()) {
            case PLACED, ALREADY_PLACED, KEY_REUSED -> Future.succeededFuture();
            case BUYER_HOLDS, UNITS_TAKEN -> recordFailed.apply(order);
            case REFUSED ->
                refusalsLeft > 1
                        ? drain(order, refusalsLeft - 1, pauseMillis)
                        : deadLetter.apply(order, reply.reason());
            // Buyers get an answer at once if MongoDB is slow; a recovery has time to wait.
            case UNKNOWN ->
                pauseMillis <= MAX_PAUSE_MILLIS
                        ? pause(pauseMillis).compose(paused -> drain(order, refusalsLeft, 2 * pauseMillis))
                        : Future.failedFuture(new StoreUnavailableException(
                                "MongoDB did not reply in time to an order of the outbox"));
        });
    }

    private Future<Void> pause(long millis) {
        Promise<Void> elapsed = Promise.promise();
        vertx.setTimer(millis, timer -> elapsed.complete());
        return elapsed.future();
    }
}
