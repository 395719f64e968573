package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderIds;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Page;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.DeadLetter;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A buyer's own orders. Another user's order is no order at all.
 *
 * <p>Belongs to the event loop of its ledger.
 */
public final class OrderService {
    /** The orders in Redis that wait for MongoDB. */
    @FunctionalInterface
    public interface Outbox {
        /** An order that waits for MongoDB. */
        Future<Optional<Order>> waiting(String productId, String orderId);
    }

    private final OrderStore store;
    private final Outbox reservations;
    private final OrderPersister persister;
    private final DeadLetterService deadLetters;

    /** Wires orders to both stores. */
    public OrderService(
            OrderStore store, Outbox reservations, OrderPersister persister, DeadLetterService deadLetters) {
        this.store = store;
        this.reservations = reservations;
        this.persister = persister;
        this.deadLetters = deadLetters;
    }

    /** The order, also while only Redis knows it. */
    public Future<Optional<Order>> find(String userId, String orderId) {
        return stored(orderId)
                .compose(found -> found.isPresent() ? Future.succeededFuture(found) : reserved(orderId))
                .compose(found -> found.isPresent() ? Future.succeededFuture(found) : deadLettered(orderId))
                .map(found -> found.filter(order -> order.userId().equals(userId)));
    }

    /** The orders that MongoDB holds, newest first. */
    public Future<Page<Order>> list(String userId, String cursor, int limit) {
        return store.list(userId, cursor, limit);
    }

    /**
     * Cancels; a second time is the same as once. An order that MongoDB does not hold yet is written first.
     *
     * @return the cancelled order; fails with {@link OrderNotCancellableException}, and with
     *     {@link StoreUnavailableException} where MongoDB does not answer
     */
    public Future<Optional<Order>> cancel(String userId, String orderId) {
        return find(userId, orderId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Order order = found.get();
            return switch (order.status()) {
                case PLACED -> cancelPlaced(orderId);
                case RESERVED ->
                    persister
                            .persist(order, true)
                            .compose(outcome -> outcome.kind() == PurchaseOutcome.Kind.PLACED
                                    ? cancelPlaced(orderId)
                                    : Future.failedFuture(
                                            new StoreUnavailableException("the order is not written yet")));
                // Once more, in case the node that cancelled it died before the units were back; a repetition is idle.
                case CANCELLED -> persister.giveBack(order).map(done -> found);
                case FAILED -> Future.failedFuture(new OrderNotCancellableException(order.status()));
            };
        });
    }

    private Future<Optional<Order>> cancelPlaced(String orderId) {
        return store.cancel(orderId).compose(found -> {
            if (found.isPresent() && found.get().status() == OrderStatus.CANCELLED) {
                return persister.giveBack(found.get()).map(done -> found);
            }
            return Future.failedFuture(new StoreUnavailableException("the cancellation did not stand"));
        });
    }

    /** MongoDB away is no reason to hide an order that Redis has reserved. */
    private Future<Optional<Order>> stored(String orderId) {
        return store.find(orderId)
                .recover(failure -> reserved(orderId)
                        .compose(waiting ->
                                waiting.isPresent() ? Future.succeededFuture(waiting) : Future.failedFuture(failure)));
    }

    /** Refused by MongoDB, and not decided on yet: still reserved, as far as its buyer is concerned. */
    private Future<Optional<Order>> deadLettered(String orderId) {
        return deadLetters.find(orderId).map(found -> found.map(DeadLetter::orderForBuyer));
    }

    private Future<Optional<Order>> reserved(String orderId) {
        Optional<String> productId = OrderIds.productOf(orderId);
        if (productId.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return reservations.waiting(productId.get(), orderId).recover(failure -> {
            if (failure instanceof RedisUnavailableException) {
                return Future.failedFuture(failure);
            }
            return Future.succeededFuture(Optional.empty());
        });
    }
}
