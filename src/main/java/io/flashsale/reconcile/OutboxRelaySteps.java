package io.flashsale.reconcile;

import io.flashsale.domain.Order;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderAudit;
import io.flashsale.orders.OrderPersister;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.order.PersistResult;
import io.flashsale.purchase.SaleScripts;
import io.vertx.core.Future;
import java.util.Map;

/** The steps of {@link OutboxRelay} on both stores. */
final class OutboxRelaySteps implements OutboxRelay.Steps {
    private final SaleScripts ledger;
    private final OrderPersister placement;
    private final OrderStore orders;
    private final DeadLetterService letters;
    private final OrderAudit audit;

    OutboxRelaySteps(Reconciler.Rooms rooms) {
        this.ledger = rooms.ledger();
        this.placement = rooms.placement();
        this.orders = rooms.orders();
        this.letters = rooms.letters();
        this.audit = rooms.audit();
    }

    @Override
    public Future<Map<String, Order>> outbox(String productId) {
        return ledger.outbox(productId);
    }

    @Override
    public Future<PersistResult> retry(Order order) {
        return placement.driveAgain(order);
    }

    @Override
    public Future<Void> recordFailed(Order order) {
        return orders.recordFailed(order).onSuccess(recorded -> audit.failed(order));
    }

    @Override
    public Future<Void> deadLetter(Order order, String reason, int refusals) {
        return letters.putAside(order, reason, refusals);
    }
}
