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
 * Orders that MongoDB refuses for good: put aside with the reason, so that they stand in nobody's way, and given to an
 * admin, who has them written or discards them. Each step may be repeated.
 *
 * <p>Belongs to the event loop of its ledger.
 */
public final class DeadLetterService implements DiscardedOrders {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterService.class);

    /**
     * What became of another try.
     *
     * @param orderId which
     * @param placed whether MongoDB holds it now; else the letter stays
     * @param reason why not, or null
     */
    public record Retry(String orderId, boolean placed, String reason) {}

    /** The reservations in Redis, as far as dead letters need them. */
    public interface Reservations extends OrderPersister.Reservations {
        /** Takes an order out of the outbox that MongoDB will not hold: nothing was bought, though its units stay taken. */
        Future<Void> removeFromOutbox(Order order);
    }

    private final DeadLetterStore deadLetters;
    private final OrderStore orders;
    private final OrderClient writer;
    private final Reservations reservations;
    private final OrderPersister persister;
    private final OrderAudit audit;
    private final Clock clock;

    /** Wires dead letters to both stores. */
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

    /** Puts an order aside: first written down, then taken out of the outbox, so that it is never nowhere. */
    public Future<Void> deadLetter(Order order, String reason, int tries) {
        LOG.atError()
                .addKeyValue("orderId", order.id())
                .addKeyValue("reason", reason)
                .addKeyValue("tries", tries)
                .log("MongoDB refuses this order; it is put aside as a dead letter");
        return deadLetters
                .add(new DeadLetter(order, reason, tries, clock.instant(), false))
                .compose(written -> audit.deadLettered(order, reason, tries))
                .compose(written -> reservations.removeFromOutbox(order));
    }

    /** The letters, newest first. */
    public Future<Page<DeadLetter>> list(String cursor, int limit) {
        return deadLetters.list(cursor, limit);
    }

    /** The letter of that order, also one that was discarded. */
    public Future<Optional<DeadLetter>> find(String orderId) {
        return deadLetters.find(orderId);
    }

    /** Takes letters away whose orders MongoDB holds after all, by a retry of their buyers. */
    public Future<Void> removeSettled() {
        return deadLetters.settled().compose(settled -> {
            Future<Void> done = Future.succeededFuture();
            for (String orderId : settled) {
                done = done.compose(before -> deadLetters.remove(orderId));
            }
            return done;
        });
    }

    /** Orders of a product that keep their units though MongoDB does not hold them. */
    public Future<List<Order>> ofProduct(String productId) {
        return deadLetters
                .ofProduct(productId)
                .map(found -> found.stream().map(DeadLetter::order).toList());
    }

    /** How many letters there are. */
    public Future<Long> count() {
        return deadLetters.count();
    }

    /**
     * Has MongoDB asked once more.
     *
     * @return empty where there is no such letter; fails with {@link StoreUnavailableException} where MongoDB does not
     *     say
     */
    public Future<Optional<Retry>> retry(String orderId) {
        return undecided(orderId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            Order order = found.get().order();
            return writer.place(order).compose(reply -> follow(order, reply)).map(Optional::of);
        });
    }

    private Future<Retry> follow(Order order, PersistResult reply) {
        return switch (reply.kind()) {
            case PLACED ->
                audit.placed(List.of(reply.order()))
                        .compose(done -> deadLetters.remove(order.id()))
                        .map(done -> new Retry(order.id(), true, null));
            case ALREADY_PLACED ->
                audit.placed(List.of(reply.order()))
                        .compose(done -> giveBackAllBut(reply.order(), order))
                        .compose(done -> deadLetters.remove(order.id()))
                        .map(done -> new Retry(order.id(), true, null));
            case KEY_REUSED -> refused(order, "its key belongs to another request");
            case BUYER_HOLDS ->
                refused(order, "its buyer holds order " + reply.order().id());
            case UNITS_TAKEN ->
                refused(order, "its units were sold: " + reply.unitHolders().keySet());
            case REFUSED -> refused(order, reply.reason());
            case UNKNOWN -> Future.failedFuture(new StoreUnavailableException("MongoDB did not answer"));
        };
    }

    private static Future<Retry> refused(Order order, String reason) {
        return Future.succeededFuture(new Retry(order.id(), false, reason));
    }

    private Future<Void> giveBackAllBut(Order placed, Order reserved) {
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
     * Ends an order that will not be: its buyer is told, its units are for sale again, its key is free.
     *
     * @return false where there is no such letter; fails where its units cannot be given back now
     */
    public Future<Boolean> discard(String orderId) {
        return undecided(orderId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(false);
            }
            Order order = found.get().order();
            return orders.find(orderId)
                    .compose(stored -> isOrder(stored)
                            // Written meanwhile, by a retry of its buyer: there is nothing to give back.
                            ? deadLetters.remove(orderId).map(true)
                            : giveBack(order, true)
                                    .compose(given -> deadLetters.discard(orderId, clock.instant()))
                                    .map(true));
        });
    }

    @Override
    public Future<Boolean> giveBackIfDiscarded(String orderId, boolean unitsToo) {
        return deadLetters
                .find(orderId)
                .compose(found -> found.filter(DeadLetter::discarded).isPresent()
                        ? giveBack(found.get().order(), unitsToo).map(true)
                        : Future.succeededFuture(false));
    }

    private static boolean isOrder(Optional<Order> stored) {
        return stored.filter(order -> order.status() != OrderStatus.FAILED).isPresent();
    }

    private Future<Void> giveBack(Order order, boolean unitsToo) {
        List<Integer> units = unitsToo ? order.units() : List.of();
        return reservations
                .release(order, ReleaseReason.DISCARDED, units, order.slots())
                .onSuccess(released -> persister.stockChanged(order.productId()))
                .mapEmpty();
    }

    private Future<Optional<DeadLetter>> undecided(String orderId) {
        return deadLetters.find(orderId).map(found -> found.filter(deadLetter -> !deadLetter.discarded()));
    }
}
