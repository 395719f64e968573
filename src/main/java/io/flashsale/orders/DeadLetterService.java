package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Page;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.DeadLetter;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.OrderClient;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.order.PersistResult;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves orders that MongoDB rejects permanently from the outbox to the dead letters, so that they do not block other
 * orders. An admin retries or discards each dead letter. Each step may be repeated.
 *
 * <p>Belongs to the event loop of its {@link Reservations}.
 */
public final class DeadLetterService implements DiscardedOrders {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterService.class);

    /**
     * Reports the result of a retry.
     *
     * @param orderId the order
     * @param placed whether the order is persisted now; otherwise the dead letter remains
     * @param reason the reason for the rejection, or null
     */
    public record Retry(String orderId, boolean placed, String reason) {}

    /** Gives dead letters access to the reservations in Redis. */
    public interface Reservations extends OrderPersister.Reservations {
        /**
         * Removes an order from the outbox that will not be persisted. It is not announced as a purchase; its units
         * stay held.
         */
        Future<Void> removeFromOutbox(Order order);
    }

    private final DeadLetterStore deadLetters;
    private final OrderStore orders;
    private final OrderClient writer;
    private final Reservations reservations;
    private final OrderPersister persister;
    private final OrderAudit audit;
    private final Clock clock;

    /** Creates the service over both stores. */
    public DeadLetterService(
            DeadLetterStore deadLetters,
            OrderStore orders,
            OrderClient writer,
            Reservations reservations,
            OrderPersister persister,
            OrderAudit audit,
            Clock clock) {
        this.persister = persister;
        this.audit = audit;
        this.deadLetters = deadLetters;
        this.orders = orders;
        this.writer = writer;
        this.reservations = reservations;
        this.clock = clock;
    }

    /** Dead-letters an order. It is stored first and removed from the outbox last, so that it is never lost. */
    public Future<Void> deadLetter(Order order, String reason, int tries) {
        LOG.atError()
                .addKeyValue("orderId", order.id())
                .addKeyValue("reason", reason)
                .addKeyValue("tries", tries)
                .log("order dead-lettered");
        return deadLetters
                .add(new DeadLetter(order, reason, tries, clock.instant(), false))
                .compose(written -> audit.deadLettered(order, reason, tries))
                .compose(written -> reservations.removeFromOutbox(order));
    }

    /** Lists the dead letters, newest first. */
    public Future<Page<DeadLetter>> list(String cursor, int limit) {
        return deadLetters.list(cursor, limit);
    }

    /** Finds the dead letter of an order, even if it was discarded. */
    public Future<Optional<DeadLetter>> find(String orderId) {
        return deadLetters.find(orderId);
    }

    /** Removes dead letters whose orders were persisted after all by a buyer's retry. */
    public Future<Void> removeSettled() {
        return deadLetters.settled().compose(settled -> {
            Future<Void> done = Future.succeededFuture();
            for (String orderId : settled) {
                done = done.compose(before -> deadLetters.remove(orderId));
            }
            return done;
        });
    }

    /** Returns the dead-lettered orders of a product, which keep their units without being persisted as orders. */
    public Future<List<Order>> ofProduct(String productId) {
        return deadLetters
                .ofProduct(productId)
                .map(found -> found.stream().map(DeadLetter::order).toList());
    }

    /** Counts the dead letters. */
    public Future<Long> count() {
        return deadLetters.count();
    }

    /**
     * Retries to persist the order of a dead letter.
     *
     * @return empty if there is no such dead letter; fails with {@link StoreUnavailableException} if MongoDB does not
     *     reply
     */
    public Future<Optional<Retry>> retry(String orderId) {
        return undecided(orderId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Order order = found.get().order();
            return writer.place(order).compose(result -> apply(order, result)).map(Optional::of);
        });
    }

    private Future<Retry> apply(Order order, PersistResult result) {
        return switch (result.kind()) {
            case PLACED ->
                audit.placed(List.of(result.order()))
                        .compose(done -> deadLetters.remove(order.id()))
                        .map(done -> new Retry(order.id(), true, null));
            case ALREADY_PLACED ->
                audit.placed(List.of(result.order()))
                        .compose(done -> releaseAllExcept(result.order(), order))
                        .compose(done -> deadLetters.remove(order.id()))
                        .map(done -> new Retry(order.id(), true, null));
            case KEY_REUSED -> refused(order, "the idempotency key is bound to another request");
            case BUYER_HOLDS ->
                refused(order, "the buyer already holds order " + result.order().id());
            case UNITS_TAKEN ->
                refused(
                        order,
                        "these units are sold already: " + result.unitHolders().keySet());
            case REFUSED -> refused(order, result.reason());
            case UNKNOWN -> Future.failedFuture(new StoreUnavailableException("MongoDB did not reply"));
        };
    }

    private static Future<Retry> refused(Order order, String reason) {
        return Future.succeededFuture(new Retry(order.id(), false, reason));
    }

    private Future<Void> releaseAllExcept(Order placed, Order reserved) {
        List<Integer> held = placed.status().holdsUnits() ? placed.units() : List.of();
        List<Integer> slots = placed.status().holdsUnits() ? placed.slots() : List.of();
        return reservations
                .release(
                        reserved,
                        ReleaseReason.CANCELLED,
                        reserved.units().stream()
                                .filter(unit -> !held.contains(unit))
                                .toList(),
                        reserved.slots().stream()
                                .filter(slot -> !slots.contains(slot))
                                .toList())
                .mapEmpty();
    }

    /**
     * Discards a dead letter: the order fails, its units are for sale again, and its key is free.
     *
     * @return false if there is no such dead letter; fails if the units cannot be released now
     */
    public Future<Boolean> discard(String orderId) {
        return undecided(orderId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(false);
            }
            Order order = found.get().order();
            return orders.find(orderId)
                    .compose(stored -> isPersisted(stored)
                            // A buyer's retry has persisted it meanwhile: there is nothing to release.
                            ? deadLetters.remove(orderId).map(true)
                            : release(order, true)
                                    .compose(released -> deadLetters.discard(orderId, clock.instant()))
                                    .map(true));
        });
    }

    @Override
    public Future<Boolean> giveBackIfDiscarded(String orderId, boolean includeUnits) {
        return deadLetters
                .find(orderId)
                .compose(found -> found.filter(DeadLetter::discarded).isPresent()
                        ? release(found.get().order(), includeUnits).map(true)
                        : Future.succeededFuture(false));
    }

    private static boolean isPersisted(Optional<Order> stored) {
        return stored.filter(order -> order.status() != OrderStatus.FAILED).isPresent();
    }

    private Future<Void> release(Order order, boolean includeUnits) {
        List<Integer> units = includeUnits ? order.units() : List.of();
        return reservations
                .release(order, ReleaseReason.DISCARDED, units, order.slots())
                .onSuccess(released -> persister.stockChanged(order.productId()))
                .mapEmpty();
    }

    private Future<Optional<DeadLetter>> undecided(String orderId) {
        return deadLetters.find(orderId).map(found -> found.filter(deadLetter -> !deadLetter.discarded()));
    }
}
