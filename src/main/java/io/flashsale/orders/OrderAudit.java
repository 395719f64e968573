package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.audit.AuditStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records the events of orders in the audit log.
 *
 * <p>An entry's id combines the order id and the event, so that a repeated write adds nothing. An entry is written
 * before Redis drops the record that it is still due: a placed order stays in the outbox, and the units of a cancelled
 * order stay held, until the entry is stored. After a crash in between, the reconciler repeats the write. Stock holds
 * have no entries of their own, because the edit of the product has one.
 */
public final class OrderAudit implements OrderPersister.AuditTrail {
    private static final int MAX_REASON = 500;

    private final AuditStore store;
    private final AuditClient log;
    private final Clock clock;

    /** Creates the audit trail; for any event loop. */
    public OrderAudit(AuditStore store, AuditClient log, Clock clock) {
        this.store = store;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public Future<Void> placed(List<Order> orders) {
        return store.append(orders.stream()
                .filter(order -> !order.isStockHold())
                .map(OrderAudit::placed)
                .toList());
    }

    @Override
    public Future<Void> cancelled(Order order) {
        return order.isStockHold() ? Future.succeededFuture() : store.append(List.of(cancellation(order)));
    }

    /** Records that an order was dead-lettered. */
    Future<Void> deadLettered(Order order, String reason, int tries) {
        JsonObject details = details(order).put("reason", truncated(reason)).put("tries", tries);
        // The same request may be reserved and rejected again.
        String id = order.id() + ":put-aside:" + ReservationCodec.micros(order.reservedAt());
        return store.append(List.of(
                AuditEntry.done(id, now(), AuditAction.ORDER_DEAD_LETTERED, AuditEntry.SYSTEM, order.id(), details)));
    }

    /** Records that a reserved order failed because its units or slots were taken already. */
    public void failed(Order order) {
        String id = order.id() + ":failed:" + ReservationCodec.micros(order.reservedAt());
        log.record(AuditEntry.done(id, now(), AuditAction.ORDER_FAILED, AuditEntry.SYSTEM, order.id(), details(order)));
    }

    /**
     * Adds the missing entries of these orders. Entries are missing if a node died before writing them and Redis then
     * lost the outbox from which the next node would have repeated the write.
     */
    public Future<Void> complete(List<Order> orders) {
        Map<String, AuditEntry> expected = new LinkedHashMap<>();
        for (Order order : orders) {
            boolean cancelled = order.status() == OrderStatus.CANCELLED;
            if (!order.isStockHold() && (cancelled || order.status() == OrderStatus.PLACED)) {
                AuditEntry placed = placed(order);
                expected.put(placed.id(), placed);
                if (cancelled) {
                    AuditEntry cancellation = cancellation(order);
                    expected.put(cancellation.id(), cancellation);
                }
            }
        }
        if (expected.isEmpty()) {
            return Future.succeededFuture();
        }
        return store.missing(expected.keySet()).compose(missing -> {
            List<AuditEntry> entries = new ArrayList<>();
            missing.forEach(id -> entries.add(expected.get(id)));
            return store.append(entries);
        });
    }

    private static AuditEntry placed(Order order) {
        // The time of placement of a cancelled order is not stored; the reservation was shortly before it.
        Instant at = order.status() == OrderStatus.PLACED ? order.updatedAt() : order.reservedAt();
        return AuditEntry.done(
                order.id() + ":placed", at, AuditAction.ORDER_PLACED, order.userId(), order.id(), details(order));
    }

    private static AuditEntry cancellation(Order order) {
        return AuditEntry.done(
                order.id() + ":cancelled",
                order.updatedAt(),
                AuditAction.ORDER_CANCELLED,
                order.userId(),
                order.id(),
                details(order));
    }

    private static JsonObject details(Order order) {
        return new JsonObject().put("productId", order.productId()).put("quantity", order.quantity());
    }

    private static String truncated(String text) {
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "…";
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
