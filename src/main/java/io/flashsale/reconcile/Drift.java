package io.flashsale.reconcile;

import io.flashsale.persistence.DeadLetterStore;
import io.flashsale.persistence.OrderStore;
import io.flashsale.purchase.Ledger;
import io.flashsale.purchase.Placement;
import io.flashsale.reconcile.SaleSnapshot.Finding;
import io.flashsale.sale.OrderStatus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Units on which Redis and MongoDB disagree, found and repaired one by one.
 *
 * <p>A unit is repaired only if two looks under one epoch found the same, so that nothing in flight is taken for drift; and
 * each repair is a compare-and-set on the holder that was seen. Nothing is ever set wholesale over a running sale. Belongs
 * to the event loop of its ledger.
 */
final class Drift {
    private static final Logger LOG = LoggerFactory.getLogger(Drift.class);
    private static final int REPAIRS_AT_ONCE = 100;

    /** Which sale is repaired, as of when, and by which pass. */
    private record Place(String productId, String epoch, String pass) {}

    /** What one look at a sale saw. */
    private record Look(String epoch, Set<Finding> findings) {}

    private final Ledger ledger;
    private final Placement placement;
    private final OrderStore orders;
    private final DeadLetterStore letters;
    private final Repairs repairs;
    private final Map<String, Look> before = new HashMap<>();

    Drift(Ledger ledger, Placement placement, OrderStore orders, DeadLetterStore letters, Repairs repairs) {
        this.ledger = ledger;
        this.placement = placement;
        this.orders = orders;
        this.letters = letters;
        this.repairs = repairs;
    }

    /**
     * Looks at a sale, and repairs what the look before saw too.
     *
     * @param pass the number of the pass that looks
     * @return how many units were repaired
     */
    Future<Integer> look(String productId, long pass) {
        return SaleSnapshot.read(ledger.link(), orders, letters, productId).compose(snapshot -> {
            Look look = new Look(snapshot.epoch(), snapshot.findings());
            Look earlier = before.put(productId, look);
            Set<Finding> certain = new HashSet<>(look.findings());
            if (earlier == null || !Objects.equals(earlier.epoch(), look.epoch())) {
                return Future.succeededFuture(0);
            }
            certain.retainAll(earlier.findings());
            return repair(new Place(productId, look.epoch(), String.valueOf(pass)), List.copyOf(certain));
        });
    }

    /** Forgets a sale that is not looked at any more. */
    void forget(String productId) {
        before.remove(productId);
    }

    private Future<Integer> repair(Place place, List<Finding> certain) {
        List<Finding> repaired = new ArrayList<>();
        return Chunks.each(
                        certain,
                        REPAIRS_AT_ONCE,
                        finding -> repair(place, finding)
                                .onSuccess(done -> {
                                    if (done) {
                                        repaired.add(finding);
                                    }
                                })
                                .mapEmpty())
                .map(all -> {
                    if (!repaired.isEmpty()) {
                        LOG.atWarn()
                                .addKeyValue("productId", place.productId())
                                .addKeyValue("units", repaired.size())
                                .log("units repaired on which Redis and MongoDB disagreed");
                        placement.stockChanged(place.productId());
                    }
                    return repaired.size();
                });
    }

    private Future<Boolean> repair(Place place, Finding finding) {
        if (finding.trueHolder() != null) {
            return ledger.adopt(finding.trueHolder(), finding.unit(), finding.believed(), place.epoch(), place.pass())
                    .onSuccess(done -> count(done, Repairs.Kind.ADOPTED));
        }
        return giveBackIfCancelled(finding)
                .compose(given -> ledger.freeUnit(
                                place.productId(), finding.unit(), finding.believed(), place.epoch(), place.pass())
                        .onSuccess(freed -> {
                            count(freed, Repairs.Kind.FREED);
                            count(given && !freed, Repairs.Kind.GIVEN_BACK);
                        })
                        .map(freed -> freed || given));
    }

    private void count(boolean done, Repairs.Kind kind) {
        if (done) {
            repairs.count(kind);
        }
    }

    /** A cancelled order whose node died before it gave everything back: its buyer's slots come back with its units. */
    private Future<Boolean> giveBackIfCancelled(Finding finding) {
        if (finding.believed().isEmpty()) {
            return Future.succeededFuture(false);
        }
        return orders.find(finding.believed())
                .compose(found -> found.isPresent() && found.get().status() == OrderStatus.CANCELLED
                        ? placement.giveBack(found.get()).map(true)
                        : Future.succeededFuture(false));
    }
}
