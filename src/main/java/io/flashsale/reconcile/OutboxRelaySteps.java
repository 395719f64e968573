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

/** Implements the steps of {@link OutboxRelay} on both stores. */
final class OutboxRelaySteps implements OutboxRelay.Steps {
    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final OrderStore orders;
    private final DeadLetterService deadLetters;
    private final OrderAudit audit;

    OutboxRelaySteps(Reconciler.Dependencies dependencies) {
        this.saleScripts = dependencies.saleScripts();
        this.persister = dependencies.persister();
        this.orders = dependencies.orders();
        this.deadLetters = dependencies.deadLetters();
        this.audit = dependencies.audit();
    }

    @Override
    public Future<Map<String, Order>> outbox(String productId) {
        return saleScripts.outbox(productId);
    }

    @Override
    public Future<PersistResult> retry(Order order) {
        return persister.retry(order);
    }

    @Override
    public Future<Void> recordFailed(Order order) {
        return orders.recordFailed(order).onSuccess(recorded -> audit.failed(order));
    }

    @Override
    public Future<Void> deadLetter(Order order, String reason, int refusals) {
        return deadLetters.deadLetter(order, reason, refusals);
    }
}
