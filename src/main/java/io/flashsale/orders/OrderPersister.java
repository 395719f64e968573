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
 * Drives an order that Redis has reserved into MongoDB, and makes Redis follow what MongoDB answers.
 *
 * <p>The only place that does so, for a purchase, a retry, a cancellation and the reconciler alike. May be done any
 * number of times for the same order, by any number of nodes at once. Belongs to one event loop.
 */
public final class OrderPersister implements UnitReturns {
    private static final Logger LOG = LoggerFactory.getLogger(OrderPersister.class);

    /** So many units of one product sold twice by a forgetful Redis are repaired one by one; more ask for a recovery. */
    private static final int FORGOTTEN_UNITS_TOLERATED = 3;

    private static final int PRODUCTS_REMEMBERED = 1_000;

    /** The reservations in Redis, as they follow MongoDB's answers. */
    public interface Reservations {
        /**
         * Gives units and slots of an order back.
         *
         * @param order as it was reserved
         * @return how many units became free by this call
         */
        Future<Integer> release(Order order, ReleaseReason why, List<Integer> units, List<Integer> slots);

        /** Binds a key to the order that MongoDB holds for it. */
        Future<Void> remember(Order order);

        /** Gives a unit to the order that MongoDB says holds it, if Redis still names {@code believed}. */
        Future<Boolean> adopt(Order trueHolder, int unit, String believed);
    }

    /** Has sales recovered. */
    @FunctionalInterface
    public interface RecoveryRequester {
        /** A sale is certified, and proved wrong under that epoch; does not wait. */
        void requestBeyond(String productId, long wrongEpoch);
    }

    /** The audit log, as orders are owed to it. */
    interface AuditTrail {
        /** MongoDB holds these orders; fails where it does not say that it has the entries too. */
        Future<Void> placed(List<Order> orders);

        /** This order was cancelled. */
        Future<Void> cancelled(Order order);
    }

    private final Reservations reservations;
    private final OrderInserter orders;
    private final RecoveryRequester recoveries;
    private final AuditTrail audit;
    private final OutboxAcknowledger acknowledger;
    private final Map<String, Integer> forgottenUnits = new BoundedMap<>(PRODUCTS_REMEMBERED);

    /** Makes a placement for the event loop of the ledger. */
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
     * Writes the order and follows the answer.
     *
     * @return what the buyer is told; never fails
     */
    public Future<PurchaseOutcome> persist(Order order, boolean replayed) {
        return orders.place(order).compose(reply -> follow(order, reply, replayed));
    }

    /**
     * The same for whoever wants to know what MongoDB said.
     *
     * @return MongoDB's reply, when Redis follows it; never fails
     */
    public Future<PersistResult> retry(Order order) {
        return orders.place(order).compose(reply -> follow(order, reply, true).map(reply));
    }

    private Future<PurchaseOutcome> follow(Order order, PersistResult reply, boolean replayed) {
        return switch (reply.kind()) {
            case PLACED -> {
                acknowledger.settle(reply.order());
                yield Future.succeededFuture(PurchaseOutcome.placed(reply.order(), replayed));
            }
            case ALREADY_PLACED ->
                alreadyPlaced(order, reply.order()).map(done -> PurchaseOutcome.placed(reply.order(), true));
            case KEY_REUSED ->
                neverWas(order, order.units()).map(done -> PurchaseOutcome.of(PurchaseOutcome.Kind.KEY_REUSED));
            case BUYER_HOLDS ->
                neverWas(order, order.units()).map(done -> {
                    recoveries.requestBeyond(order.productId(), order.epoch());
                    return PurchaseOutcome.limitReached(reply.order().id());
                });
            case UNITS_TAKEN ->
                unitsTaken(order, reply.unitHolders())
                        .map(done -> PurchaseOutcome.of(PurchaseOutcome.Kind.UNAVAILABLE));
            // A refusal may be a passing one: the reconciler asks again, and puts the order aside if it is not.
            case REFUSED, UNKNOWN -> {
                // It is not settled yet, but its units are not for sale any more.
                stockChanged(order.productId());
                yield Future.succeededFuture(PurchaseOutcome.reserved(order, replayed));
            }
        };
    }

    private Future<Void> alreadyPlaced(Order reserved, Order placed) {
        if (placed.status().holdsUnits() && placed.units().equals(reserved.units())) {
            // As reserved, to the microsecond: so the outbox knows it.
            acknowledger.settle(reserved.withStatus(placed.status(), placed.updatedAt()));
            return Future.succeededFuture();
        }
        // Redis forgot the key and reserved once more: MongoDB's order stands, the second reservation goes back.
        boolean holds = placed.status().holdsUnits();
        List<Integer> units = without(reserved.units(), holds ? placed.units() : List.of());
        List<Integer> slots = without(reserved.slots(), holds ? placed.slots() : List.of());
        return bestEffort(
                reserved,
                audit.placed(List.of(placed))
                        .compose(written -> reservations.release(reserved, ReleaseReason.REPLACED, units, slots))
                        .onSuccess(released -> tell(reserved, released))
                        .compose(released -> reservations.remember(placed)));
    }

    private Future<Void> neverWas(Order order, List<Integer> units) {
        return bestEffort(
                order,
                reservations
                        .release(order, ReleaseReason.NEVER_WAS, units, order.slots())
                        .onSuccess(released -> tell(order, released))
                        .mapEmpty());
    }

    private Future<Void> unitsTaken(Order order, Map<Integer, Order> holders) {
        List<Integer> own = without(order.units(), List.copyOf(holders.keySet()));
        int forgotten = forgottenUnits.merge(order.productId(), holders.size(), Integer::sum);
        if (forgotten > FORGOTTEN_UNITS_TOLERATED) {
            forgottenUnits.remove(order.productId());
            recoveries.requestBeyond(order.productId(), order.epoch());
        }
        LOG.atWarn()
                .addKeyValue("productId", order.productId())
                .addKeyValue("units", holders.keySet())
                .log("Redis had forgotten who holds these units");
        return neverWas(order, own).compose(done -> {
            List<Future<Boolean>> adoptions = new ArrayList<>();
            holders.forEach((unit, holder) -> adoptions.add(reservations.adopt(holder, unit, order.id())));
            return bestEffort(order, Future.join(adoptions).mapEmpty());
        });
    }

    /** Redis is made to follow if it can; what it misses now the reconciler repairs. */
    private static Future<Void> bestEffort(Order order, Future<Void> step) {
        return step.onFailure(failure -> LOG.atInfo()
                        .addKeyValue("orderId", order.id())
                        .addKeyValue("reason", failure.getMessage())
                        .log("Redis could not follow MongoDB; the reconciler will make it"))
                .otherwiseEmpty();
    }

    private static List<Integer> without(List<Integer> all, List<Integer> excluded) {
        return all.stream().filter(number -> !excluded.contains(number)).toList();
    }

    /** Gives the units of a cancelled order back; what fails is found and repaired by the reconciler. */
    public Future<Void> giveBack(Order cancelled) {
        return bestEffort(cancelled, giveBackAudited(cancelled, cancelled.units()));
    }

    @Override
    public Future<Void> giveBackAudited(Order cancelled, List<Integer> units) {
        if (cancelled.status() != OrderStatus.CANCELLED) {
            throw new IllegalArgumentException("units of a " + cancelled.status() + " order stay where they are");
        }
        return audit.cancelled(cancelled)
                .compose(written -> reservations.release(cancelled, ReleaseReason.CANCELLED, units, cancelled.slots()))
                .onSuccess(released -> tell(cancelled, released))
                .mapEmpty();
    }

    private void tell(Order order, int released) {
        if (released > 0) {
            stockChanged(order.productId());
        }
    }

    @Override
    public void stockChanged(String productId) {
        acknowledger.changed(productId);
    }
}
