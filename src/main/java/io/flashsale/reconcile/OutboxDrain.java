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
 * Writes what Redis still has of orders to MongoDB before a recovery ends the outbox; MongoDB's indexes arbitrate. Belongs
 * to one event loop.
 */
final class OutboxDrain {
    /** The outbox ends with the recovery, so it cannot wait for many passes as the reconciler does. */
    static final int MAX_REFUSALS = 3;

    private static final int ORDERS_AT_ONCE = 500;

    /** Between two tries of an order on which MongoDB did not say anything; doubles up to the longest. */
    private static final long FIRST_WAIT_MILLIS = 300;

    private static final long LONGEST_WAIT_MILLIS = 5_000;

    private final Vertx vertx;
    private final OrderInserter writer;
    private final Function<Order, Future<Void>> recordFailed;
    private final BiFunction<Order, String, Future<Void>> deadLetter;

    /**
     * Makes a drain.
     *
     * @param recordFailed records that an order was reserved and then lost
     * @param deadLetter makes a dead letter of an order, given the reason
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

    /** Ends when nothing of these orders is owed to MongoDB; fails where it does not take one of them now. */
    Future<Void> drain(Collection<Order> outbox) {
        return BoundedConcurrency.each(
                List.copyOf(outbox), ORDERS_AT_ONCE, order -> drain(order, MAX_REFUSALS, FIRST_WAIT_MILLIS));
    }

    private Future<Void> drain(Order order, int refusalsLeft, long waitMillis) {
        return writer.place(order).compose(reply -> switch (reply.kind()) {
            case PLACED, ALREADY_PLACED, KEY_REUSED -> Future.succeededFuture();
            case BUYER_HOLDS, UNITS_TAKEN -> recordFailed.apply(order);
            case REFUSED ->
                refusalsLeft > 1 ? drain(order, refusalsLeft - 1, waitMillis) : deadLetter.apply(order, reply.reason());
            // A MongoDB that is slow is told so to buyers at once; a recovery has the time.
            case UNKNOWN ->
                waitMillis <= LONGEST_WAIT_MILLIS
                        ? pause(waitMillis).compose(waited -> drain(order, refusalsLeft, 2 * waitMillis))
                        : Future.failedFuture(new StoreUnavailableException("MongoDB did not take the outbox"));
        });
    }

    private Future<Void> pause(long millis) {
        Promise<Void> over = Promise.promise();
        vertx.setTimer(millis, timer -> over.complete());
        return over.future();
    }
}
