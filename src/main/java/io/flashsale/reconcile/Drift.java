package io.flashsale.reconcile;

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

    /** What one look at a sale saw. */
    private record Look(String epoch, Set<Finding> findings) {}

    private final Ledger ledger;
    private final Placement placement;
    private final OrderStore orders;
    private final Map<String, Look> before = new HashMap<>();

    Drift(Ledger ledger, Placement placement, OrderStore orders) {
        this.ledger = ledger;
        this.placement = placement;
        this.orders = orders;
    }

    /**
     * Looks at a sale, and repairs what the look before saw too.
     *
     * @return how many units were repaired
     */
    Future<Integer> look(String productId) {
        return SaleSnapshot.read(ledger.link(), orders, productId).compose(snapshot -> {
            Look look = new Look(snapshot.epoch(), snapshot.findings());
            Look earlier = before.put(productId, look);
            Set<Finding> certain = new HashSet<>(look.findings());
            if (earlier == null || !earlier.epoch().equals(look.epoch())) {
                return Future.succeededFuture(0);
            }
            certain.retainAll(earlier.findings());
            return repair(productId, look.epoch(), List.copyOf(certain));
        });
    }

    /** Forgets a sale that is not looked at any more. */
    void forget(String productId) {
        before.remove(productId);
    }

    private Future<Integer> repair(String productId, String epoch, List<Finding> certain) {
        List<Finding> repaired = new ArrayList<>();
        return Chunks.each(
                        certain,
                        REPAIRS_AT_ONCE,
                        finding -> repair(productId, epoch, finding)
                                .onSuccess(done -> {
                                    if (done) {
                                        repaired.add(finding);
                                    }
                                })
                                .mapEmpty())
                .map(all -> {
                    if (!repaired.isEmpty()) {
                        LOG.atWarn()
                                .addKeyValue("productId", productId)
                                .addKeyValue("units", repaired.size())
                                .log("units repaired on which Redis and MongoDB disagreed");
                    }
                    return repaired.size();
                });
    }

    private Future<Boolean> repair(String productId, String epoch, Finding finding) {
        if (!finding.trueHolder().isEmpty()) {
            return ledger.adopt(productId, finding.unit(), finding.believed(), finding.trueHolder(), epoch);
        }
        return giveBackIfCancelled(finding)
                .compose(done -> ledger.freeUnit(productId, finding.unit(), finding.believed(), epoch)
                        .map(freed -> freed || done));
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
