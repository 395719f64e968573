package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.OrderStatus;
import io.flashsale.orders.DiscardedOrders;
import io.flashsale.orders.UnitHolders;
import io.flashsale.orders.UnitReturns;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.audit.AuditRecorder;
import io.flashsale.persistence.order.OrderLookup;
import io.flashsale.reconcile.SaleSnapshot.Discrepancy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the units on which Redis and MongoDB disagree and repairs them one by one.
 *
 * <p>A unit is repaired only if two scans under one epoch found the same discrepancy, so that a purchase in flight is
 * not mistaken for drift. Each repair is a compare-and-set on the holder that was read. A running sale is never
 * overwritten as a whole. Belongs to the event loop of its Redis connection.
 */
final class DriftRepairer {
    private static final Logger LOG = LoggerFactory.getLogger(DriftRepairer.class);
    private static final int REPAIRS_AT_ONCE = 100;
    private static final int MAX_UNITS_NAMED = 100;

    /** Identifies the sale to repair, the epoch that was scanned, and the pass, which is the fencing token. */
    private record Target(String productId, String epoch, String pass) {}

    /** Holds what one scan of a sale found. */
    private record Scan(String epoch, Set<Discrepancy> discrepancies) {}

    private final UnitHolders holders;
    private final UnitReturns returns;
    private final OrderLookup orders;
    private final DiscardedOrders deadLetters;
    private final AuditRecorder auditLog;
    private final ReconcilerMetrics metrics;
    private final Clock clock;
    private final Map<String, Scan> previousScans = new HashMap<>();

    DriftRepairer(
            UnitHolders holders,
            UnitReturns returns,
            OrderLookup orders,
            DiscardedOrders deadLetters,
            AuditRecorder auditLog,
            ReconcilerMetrics metrics,
            Clock clock) {
        this.holders = holders;
        this.returns = returns;
        this.orders = orders;
        this.deadLetters = deadLetters;
        this.auditLog = auditLog;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Scans a sale and repairs the discrepancies that the previous scan found, too.
     *
     * @param snapshot both stores as they are now
     * @param pass the fencing token of the current pass
     * @return the number of units repaired
     */
    Future<Integer> scan(String productId, SaleSnapshot snapshot, long pass) {
        Scan scan = new Scan(snapshot.epoch(), snapshot.discrepancies());
        Scan earlier = previousScans.put(productId, scan);
        Set<Discrepancy> confirmed = new HashSet<>(scan.discrepancies());
        if (earlier == null || !Objects.equals(earlier.epoch(), scan.epoch())) {
            return Future.succeededFuture(0);
        }
        confirmed.retainAll(earlier.discrepancies());
        return repair(new Target(productId, scan.epoch(), String.valueOf(pass)), List.copyOf(confirmed));
    }

    /** Returns whether the last scan found a discrepancy. */
    boolean isSuspect(String productId) {
        Scan last = previousScans.get(productId);
        return last != null && !last.discrepancies().isEmpty();
    }

    /** Forgets a sale that is no longer scanned. */
    void forget(String productId) {
        previousScans.remove(productId);
    }

    private Future<Integer> repair(Target target, List<Discrepancy> confirmed) {
        List<Discrepancy> repaired = new ArrayList<>();
        return BoundedConcurrency.each(
                        confirmed,
                        REPAIRS_AT_ONCE,
                        discrepancy -> repair(target, discrepancy)
                                .onSuccess(done -> {
                                    if (done) {
                                        repaired.add(discrepancy);
                                    }
                                })
                                .mapEmpty())
                // Also if another repair failed: no later scan finds the repaired units again.
                .onComplete(all -> report(target, repaired))
                .map(all -> repaired.size());
    }

    private void report(Target target, List<Discrepancy> repaired) {
        if (!repaired.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("productId", target.productId())
                    .addKeyValue("units", repaired.size())
                    .log("drift between Redis and MongoDB repaired");
            auditLog.record(entry(target, repaired));
            returns.stockChanged(target.productId());
        }
    }

    private AuditEntry entry(Target target, List<Discrepancy> repaired) {
        Map<Boolean, List<Integer>> units = repaired.stream()
                .collect(Collectors.partitioningBy(
                        discrepancy -> discrepancy.trueHolder() != null,
                        Collectors.mapping(Discrepancy::unit, Collectors.toList())));
        JsonObject details = new JsonObject()
                .put("units", repaired.size())
                .put("adopted", first(units.get(true)))
                .put("freed", first(units.get(false)))
                .put("epoch", Long.valueOf(target.epoch()));
        // A pass repairs a sale once under one epoch, so this id is unique.
        String id = target.productId() + ":repaired:" + target.pass() + ":" + target.epoch();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return AuditEntry.done(id, now, AuditAction.UNIT_REPAIRED, AuditEntry.SYSTEM, target.productId(), details);
    }

    private static JsonArray first(List<Integer> units) {
        return new JsonArray(List.copyOf(units.subList(0, Math.min(units.size(), MAX_UNITS_NAMED))));
    }

    private Future<Boolean> repair(Target target, Discrepancy discrepancy) {
        if (discrepancy.trueHolder() != null) {
            return completeReturn(discrepancy)
                    .compose(returned -> holders.adopt(
                            discrepancy.trueHolder(),
                            discrepancy.unit(),
                            discrepancy.redisHolder(),
                            target.epoch(),
                            target.pass()))
                    .onSuccess(done -> count(done, ReconcilerMetrics.Kind.ADOPTED));
        }
        return completeReturn(discrepancy)
                .compose(returned -> holders.freeUnit(
                                target.productId(),
                                discrepancy.unit(),
                                discrepancy.redisHolder(),
                                target.epoch(),
                                target.pass())
                        .onSuccess(freed -> {
                            count(freed, ReconcilerMetrics.Kind.FREED);
                            count(returned && !freed, ReconcilerMetrics.Kind.GIVEN_BACK);
                        })
                        .map(freed -> freed || returned));
    }

    private void count(boolean done, ReconcilerMetrics.Kind kind) {
        if (done) {
            metrics.count(kind);
        }
    }

    /**
     * Completes the return of an order that was cancelled, or discarded as a dead letter, but only partly released. The
     * buyer's slots, and the idempotency key of a discarded order, are released with its units; or without them, if
     * another copy of the data has sold the unit again.
     */
    private Future<Boolean> completeReturn(Discrepancy discrepancy) {
        if (discrepancy.redisHolder().isEmpty()) {
            return Future.succeededFuture(false);
        }
        boolean unitsToo = discrepancy.trueHolder() == null;
        return orders.find(discrepancy.redisHolder()).compose(found -> {
            if (found.isPresent()) {
                return found.get().status() == OrderStatus.CANCELLED
                        ? returns.giveBackAudited(
                                        found.get(), unitsToo ? found.get().units() : List.of())
                                .map(true)
                        : Future.succeededFuture(false);
            }
            return deadLetters.giveBackIfDiscarded(discrepancy.redisHolder(), unitsToo);
        });
    }
}
