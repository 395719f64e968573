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
 * Finds, lists and cancels a buyer's own orders. Orders of other users count as non-existent.
 *
 * <p>Belongs to the event loop of its reservations.
 */
public final class OrderService {
    /** Reads the orders in Redis that are not persisted yet. */
    @FunctionalInterface
    public interface Outbox {
        /** Finds an order that is not persisted yet. */
        Future<Optional<Order>> waiting(String productId, String orderId);
    }

    private final OrderStore store;
    private final Outbox reservations;
    private final OrderPersister persister;
    private final DeadLetterService deadLetters;

    /** Creates the service over both stores. */
    public OrderService(
            OrderStore store, Outbox reservations, OrderPersister persister, DeadLetterService deadLetters) {
        this.store = store;
        this.reservations = reservations;
        this.persister = persister;
        this.deadLetters = deadLetters;
    }

    /** Finds an order, including one that exists only in Redis. */
    public Future<Optional<Order>> find(String userId, String orderId) {
        return stored(orderId)
                .compose(found -> found.isPresent() ? Future.succeededFuture(found) : reserved(orderId))
                .compose(found -> found.isPresent() ? Future.succeededFuture(found) : deadLettered(orderId))
                .map(found -> found.filter(order -> order.userId().equals(userId)));
    }

    /** Lists the persisted orders, newest first. */
    public Future<Page<Order>> list(String userId, String cursor, int limit) {
        return store.list(userId, cursor, limit);
    }

    /**
     * Cancels an order; idempotent. An order that is not persisted yet is persisted first.
     *
     * @return the cancelled order; fails with {@link OrderNotCancellableException}, and with
     *     {@link StoreUnavailableException} if MongoDB does not reply
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
                            .compose(outcome -> outcome instanceof PurchaseOutcome.Placed
                                    ? cancelPlaced(orderId)
                                    : Future.failedFuture(
                                            new StoreUnavailableException("the order is not persisted yet")));
                // Repeated in case the cancelling node died before it returned the units; a repetition changes nothing.
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
            return Future.failedFuture(new StoreUnavailableException("the order was not found cancelled"));
        });
    }

    /** Reads the order from MongoDB, or from the outbox if MongoDB is unavailable. */
    private Future<Optional<Order>> stored(String orderId) {
        return store.find(orderId)
                .recover(failure -> reserved(orderId)
                        .compose(waiting ->
                                waiting.isPresent() ? Future.succeededFuture(waiting) : Future.failedFuture(failure)));
    }

    /** Finds a dead-lettered order, which its buyer sees as reserved until an admin decides on it. */
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
