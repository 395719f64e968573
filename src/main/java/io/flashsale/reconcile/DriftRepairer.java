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
 * Units on which Redis and MongoDB disagree, found and repaired one by one.
 *
 * <p>A unit is repaired only if two looks under one epoch found the same, so that nothing in flight is taken for drift; and
 * each repair is a compare-and-set on the holder that was seen. Nothing is ever set wholesale over a running sale. Belongs
 * to the event loop of its ledger.
 */
final class DriftRepairer {
    private static final Logger LOG = LoggerFactory.getLogger(DriftRepairer.class);
    private static final int REPAIRS_AT_ONCE = 100;
    private static final int MAX_UNITS_NAMED = 100;

    /** Which sale is repaired, as of when, and by which pass. */
    private record Place(String productId, String epoch, String pass) {}

    /** What one look at a sale saw. */
    private record Scan(String epoch, Set<Discrepancy> discrepancies) {}

    private final UnitHolders holders;
    private final UnitReturns returns;
    private final OrderLookup orders;
    private final DiscardedOrders deadLetters;
    private final AuditRecorder log;
    private final ReconcilerMetrics metrics;
    private final Clock clock;
    private final Map<String, Scan> before = new HashMap<>();

    DriftRepairer(
            UnitHolders holders,
            UnitReturns returns,
            OrderLookup orders,
            DiscardedOrders deadLetters,
            AuditRecorder log,
            ReconcilerMetrics metrics,
            Clock clock) {
        this.holders = holders;
        this.returns = returns;
        this.orders = orders;
        this.deadLetters = deadLetters;
        this.log = log;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Looks at a sale, and repairs what the look before saw too.
     *
     * @param snapshot both stores as they are now
     * @param pass the number of the pass that looks
     * @return how many units were repaired
     */
    Future<Integer> scan(String productId, SaleSnapshot snapshot, long pass) {
        Scan scan = new Scan(snapshot.epoch(), snapshot.discrepancies());
        Scan earlier = before.put(productId, scan);
        Set<Discrepancy> certain = new HashSet<>(scan.discrepancies());
        if (earlier == null || !Objects.equals(earlier.epoch(), scan.epoch())) {
            return Future.succeededFuture(0);
        }
        certain.retainAll(earlier.discrepancies());
        return repair(new Place(productId, scan.epoch(), String.valueOf(pass)), List.copyOf(certain));
    }

    /** Whether the last look found something. */
    boolean suspects(String productId) {
        Scan last = before.get(productId);
        return last != null && !last.discrepancies().isEmpty();
    }

    /** Forgets a sale that is not looked at any more. */
    void forget(String productId) {
        before.remove(productId);
    }

    private Future<Integer> repair(Place place, List<Discrepancy> certain) {
        List<Discrepancy> repaired = new ArrayList<>();
        return BoundedConcurrency.each(
                        certain,
                        REPAIRS_AT_ONCE,
                        discrepancy -> repair(place, discrepancy)
                                .onSuccess(done -> {
                                    if (done) {
                                        repaired.add(discrepancy);
                                    }
                                })
                                .mapEmpty())
                // Also where another repair failed: no later look finds these units again.
                .onComplete(all -> report(place, repaired))
                .map(all -> repaired.size());
    }

    private void report(Place place, List<Discrepancy> repaired) {
        if (!repaired.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("productId", place.productId())
                    .addKeyValue("units", repaired.size())
                    .log("units repaired on which Redis and MongoDB disagreed");
            log.record(entry(place, repaired));
            returns.stockChanged(place.productId());
        }
    }

    private AuditEntry entry(Place place, List<Discrepancy> repaired) {
        Map<Boolean, List<Integer>> units = repaired.stream()
                .collect(Collectors.partitioningBy(
                        discrepancy -> discrepancy.trueHolder() != null,
                        Collectors.mapping(Discrepancy::unit, Collectors.toList())));
        JsonObject details = new JsonObject()
                .put("units", repaired.size())
                .put("adopted", first(units.get(true)))
                .put("freed", first(units.get(false)))
                .put("epoch", Long.valueOf(place.epoch()));
        // One look repairs one sale once.
        String id = place.productId() + ":repaired:" + place.pass() + ":" + place.epoch();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return AuditEntry.done(id, now, AuditAction.UNIT_REPAIRED, AuditEntry.SYSTEM, place.productId(), details);
    }

    private static JsonArray first(List<Integer> units) {
        return new JsonArray(List.copyOf(units.subList(0, Math.min(units.size(), MAX_UNITS_NAMED))));
    }

    private Future<Boolean> repair(Place place, Discrepancy discrepancy) {
        if (discrepancy.trueHolder() != null) {
            return giveBackIfOver(discrepancy)
                    .compose(given -> holders.adopt(
                            discrepancy.trueHolder(),
                            discrepancy.unit(),
                            discrepancy.believed(),
                            place.epoch(),
                            place.pass()))
                    .onSuccess(done -> count(done, ReconcilerMetrics.Kind.ADOPTED));
        }
        return giveBackIfOver(discrepancy)
                .compose(given -> holders.freeUnit(
                                place.productId(),
                                discrepancy.unit(),
                                discrepancy.believed(),
                                place.epoch(),
                                place.pass())
                        .onSuccess(freed -> {
                            count(freed, ReconcilerMetrics.Kind.FREED);
                            count(given && !freed, ReconcilerMetrics.Kind.GIVEN_BACK);
                        })
                        .map(freed -> freed || given));
    }

    private void count(boolean done, ReconcilerMetrics.Kind kind) {
        if (done) {
            metrics.count(kind);
        }
    }

    /**
     * An order that was cancelled, or discarded as a dead letter, before all of it was given back: its buyer's slots, and a
     * discarded one's key, come back with its units; or alone, where another copy of the data has sold the unit again.
     */
    private Future<Boolean> giveBackIfOver(Discrepancy discrepancy) {
        if (discrepancy.believed().isEmpty()) {
            return Future.succeededFuture(false);
        }
        boolean unitsToo = discrepancy.trueHolder() == null;
        return orders.find(discrepancy.believed()).compose(found -> {
            if (found.isPresent()) {
                return found.get().status() == OrderStatus.CANCELLED
                        ? returns.giveBackAudited(
                                        found.get(), unitsToo ? found.get().units() : List.of())
                                .map(true)
                        : Future.succeededFuture(false);
            }
            return deadLetters.giveBackIfDiscarded(discrepancy.believed(), unitsToo);
        });
    }
}
