package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.persistence.order.OrderClient;
import io.flashsale.persistence.order.OrderInserter;
import io.flashsale.persistence.order.PersistResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Persists a reservation in MongoDB and applies the result to Redis.
 *
 * <p>Purchases, retries, cancellations and the reconciler all use this class. The operation is idempotent: it may run
 * any number of times for the same order, on any number of nodes at once. Belongs to one event loop.
 */
public final class OrderPersister implements UnitReturns {
    private static final Logger LOG = LoggerFactory.getLogger(OrderPersister.class);

    /** Number of lost units per product that are repaired one by one; more of them trigger a recovery of the sale. */
    private static final int MAX_LOST_UNITS = 3;

    private static final int PRODUCTS_REMEMBERED = 1_000;

    /** Applies MongoDB's results to the reservations in Redis. */
    public interface Reservations {
        /**
         * Releases units and slots of an order.
         *
         * @param order the order as reserved
         * @return the number of units that this call has released
         */
        Future<Integer> release(Order order, ReleaseReason why, List<Integer> units, List<Integer> slots);

        /** Binds an idempotency key to its order in MongoDB. */
        Future<Void> remember(Order order);

        /** Assigns a unit to its holder in MongoDB if its holder in Redis is still {@code expectedHolder}. */
        Future<Boolean> adopt(Order trueHolder, int unit, String expectedHolder);
    }

    /** Requests the recovery of sales. */
    @FunctionalInterface
    public interface RecoveryRequester {
        /** Requests the recovery of a certified sale that was found inconsistent under this epoch. Does not wait. */
        void requestBeyond(String productId, long wrongEpoch);
    }

    /** Writes the audit entries that orders require. */
    interface AuditTrail {
        /** Records that these orders were placed; fails if MongoDB does not confirm the entries. */
        Future<Void> placed(List<Order> orders);

        /** Records that this order was cancelled. */
        Future<Void> cancelled(Order order);
    }

    private final Reservations reservations;
    private final OrderInserter orders;
    private final RecoveryRequester recoveries;
    private final AuditTrail audit;
    private final OutboxAcknowledger acknowledger;
    private final Map<String, Integer> lostUnits = new BoundedMap<>(PRODUCTS_REMEMBERED);

    /** Creates a persister for the event loop of the reservations. */
    public <R extends Reservations & OutboxAcknowledger.Outbox> OrderPersister(
            Vertx vertx, R reservations, OrderClient orders, RecoveryRequester recoveries, OrderAudit audit) {
        this(new OutboxAcknowledger(vertx, reservations, audit::placed), reservations, orders, recoveries, audit);
    }

    OrderPersister(
            OutboxAcknowledger acknowledger,
            Reservations reservations,
            OrderInserter orders,
            RecoveryRequester recoveries,
            AuditTrail audit) {
        this.acknowledger = acknowledger;
        this.reservations = reservations;
        this.orders = orders;
        this.recoveries = recoveries;
        this.audit = audit;
    }

    /**
     * Persists the order and applies the result to Redis.
     *
     * @return the outcome for the buyer; never fails
     */
    public Future<PurchaseOutcome> persist(Order order, boolean replayed) {
        return orders.place(order).compose(result -> apply(order, result, replayed));
    }

    /**
     * Persists the order like {@link #persist}, for callers that need MongoDB's result.
     *
     * @return MongoDB's result, after it was applied to Redis; never fails
     */
    public Future<PersistResult> retry(Order order) {
        return orders.place(order).compose(result -> apply(order, result, true).map(result));
    }

    private Future<PurchaseOutcome> apply(Order order, PersistResult result, boolean replayed) {
        return switch (result.kind()) {
            case PLACED -> {
                acknowledger.settle(result.order());
                yield Future.succeededFuture(new PurchaseOutcome.Placed(result.order(), replayed));
            }
            case ALREADY_PLACED ->
                alreadyPlaced(order, result.order()).map(done -> new PurchaseOutcome.Placed(result.order(), true));
            case KEY_REUSED -> releaseUnplaced(order, order.units()).map(done -> new PurchaseOutcome.KeyReused());
            case BUYER_HOLDS ->
                releaseUnplaced(order, order.units()).map(done -> {
                    recoveries.requestBeyond(order.productId(), order.epoch());
                    return new PurchaseOutcome.LimitReached(result.order().id());
                });
            case UNITS_TAKEN -> unitsTaken(order, result.unitHolders()).map(done -> new PurchaseOutcome.Unavailable());
            // A rejection may be temporary: the reconciler retries, and dead-letters the order if it is not.
            case REFUSED, UNKNOWN -> {
                // The order is not acknowledged yet, but its units are no longer for sale.
                stockChanged(order.productId());
                yield Future.succeededFuture(new PurchaseOutcome.Reserved(order, replayed));
            }
        };
    }

    private Future<Void> alreadyPlaced(Order reserved, Order placed) {
        if (placed.status().holdsUnits() && placed.units().equals(reserved.units())) {
            // The outbox entry matches only the time of the reservation in microseconds.
            acknowledger.settle(reserved.withStatus(placed.status(), placed.updatedAt()));
            return Future.succeededFuture();
        }
        // Redis had lost the key and reserved again: the order in MongoDB counts, the second reservation is released.
        boolean holds = placed.status().holdsUnits();
        List<Integer> units = without(reserved.units(), holds ? placed.units() : List.of());
        List<Integer> slots = without(reserved.slots(), holds ? placed.slots() : List.of());
        return bestEffort(
                reserved,
                audit.placed(List.of(placed))
                        .compose(written -> reservations.release(reserved, ReleaseReason.REPLACED, units, slots))
                        .onSuccess(released -> announceIfReleased(reserved, released))
                        .compose(released -> reservations.remember(placed)));
    }

    private Future<Void> releaseUnplaced(Order order, List<Integer> units) {
        return bestEffort(
                order,
                reservations
                        .release(order, ReleaseReason.NEVER_WAS, units, order.slots())
                        .onSuccess(released -> announceIfReleased(order, released))
                        .mapEmpty());
    }

    private Future<Void> unitsTaken(Order order, Map<Integer, Order> holders) {
        List<Integer> own = without(order.units(), List.copyOf(holders.keySet()));
        int lost = lostUnits.merge(order.productId(), holders.size(), Integer::sum);
        if (lost > MAX_LOST_UNITS) {
            lostUnits.remove(order.productId());
            recoveries.requestBeyond(order.productId(), order.epoch());
        }
        LOG.atWarn()
                .addKeyValue("productId", order.productId())
                .addKeyValue("units", holders.keySet())
                .log("units found sold in MongoDB but not in Redis");
        return releaseUnplaced(order, own).compose(done -> {
            List<Future<Boolean>> adoptions = new ArrayList<>();
            holders.forEach((unit, holder) -> adoptions.add(reservations.adopt(holder, unit, order.id())));
            return bestEffort(order, Future.join(adoptions).mapEmpty());
        });
    }

    /** Applies a step to Redis if possible; otherwise the reconciler repairs it later. */
    private static Future<Void> bestEffort(Order order, Future<Void> step) {
        return step.onFailure(failure -> LOG.atInfo()
                        .addKeyValue("orderId", order.id())
                        .addKeyValue("reason", failure.getMessage())
                        .log("result not applied to Redis; left to the reconciler"))
                .otherwiseEmpty();
    }

    private static List<Integer> without(List<Integer> all, List<Integer> excluded) {
        return all.stream().filter(number -> !excluded.contains(number)).toList();
    }

    /** Returns the units of a cancelled order to the stock; the reconciler detects and repairs a failure. */
    public Future<Void> giveBack(Order cancelled) {
        return bestEffort(cancelled, giveBackAudited(cancelled, cancelled.units()));
    }

    @Override
    public Future<Void> giveBackAudited(Order cancelled, List<Integer> units) {
        if (cancelled.status() != OrderStatus.CANCELLED) {
            throw new IllegalArgumentException("cannot return units of an order that is " + cancelled.status());
        }
        return audit.cancelled(cancelled)
                .compose(written -> reservations.release(cancelled, ReleaseReason.CANCELLED, units, cancelled.slots()))
                .onSuccess(released -> announceIfReleased(cancelled, released))
                .mapEmpty();
    }

    private void announceIfReleased(Order order, int released) {
        if (released > 0) {
            stockChanged(order.productId());
        }
    }

    @Override
    public void stockChanged(String productId) {
        acknowledger.changed(productId);
    }
}
