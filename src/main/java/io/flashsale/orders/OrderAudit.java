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
 * What becomes of orders, in the audit log.
 *
 * <p>The id of an entry is the order's and what befell it, so a repetition adds nothing; and whoever writes one does so
 * before the step by which Redis forgets that it is owed: a placed order stays in the outbox, and the units of a cancelled
 * one stay held, until the log has it. What dies in between is repeated by the reconciler. The house's orders are edits of
 * a product, and are told there.
 */
public final class OrderAudit implements OrderPersister.AuditTrail {
    private static final int MAX_REASON = 500;

    private final AuditStore store;
    private final AuditClient log;
    private final Clock clock;

    /** Makes it; for any event loop. */
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

    /** MongoDB refuses this order. */
    Future<Void> deadLettered(Order order, String reason, int tries) {
        JsonObject details = details(order).put("reason", shortened(reason)).put("tries", tries);
        // The same request may be reserved, and refused, once more.
        String id = order.id() + ":put-aside:" + ReservationCodec.micros(order.reservedAt());
        return store.append(List.of(
                AuditEntry.done(id, now(), AuditAction.DEAD_LETTER_PUT_ASIDE, AuditEntry.SYSTEM, order.id(), details)));
    }

    /** This order was reserved, and then its units or its buyer's slots were found to be taken. */
    public void failed(Order order) {
        String id = order.id() + ":failed:" + ReservationCodec.micros(order.reservedAt());
        log.record(AuditEntry.done(id, now(), AuditAction.ORDER_FAILED, AuditEntry.SYSTEM, order.id(), details(order)));
    }

    /**
     * Adds what these orders should have in the log and have not: their node died before it was written, and Redis lost
     * the outbox that would have told the next one.
     */
    public Future<Void> complete(List<Order> orders) {
        Map<String, AuditEntry> owed = new LinkedHashMap<>();
        for (Order order : orders) {
            boolean cancelled = order.status() == OrderStatus.CANCELLED;
            if (!order.isStockHold() && (cancelled || order.status() == OrderStatus.PLACED)) {
                AuditEntry placed = placed(order);
                owed.put(placed.id(), placed);
                if (cancelled) {
                    AuditEntry cancellation = cancellation(order);
                    owed.put(cancellation.id(), cancellation);
                }
            }
        }
        if (owed.isEmpty()) {
            return Future.succeededFuture();
        }
        return store.missing(owed.keySet()).compose(missing -> {
            List<AuditEntry> entries = new ArrayList<>();
            missing.forEach(id -> entries.add(owed.get(id)));
            return store.append(entries);
        });
    }

    private static AuditEntry placed(Order order) {
        // When it was cancelled is no answer to when it was placed; its reservation is close to that.
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

    private static String shortened(String text) {
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "…";
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
