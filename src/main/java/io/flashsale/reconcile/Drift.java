package io.flashsale.reconcile;

import io.flashsale.persistence.OrderStore;
import io.flashsale.purchase.Ledger;
import io.flashsale.purchase.Placement;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisLink;
import io.flashsale.sale.Order;
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

    /**
     * One unit that is wrong.
     *
     * @param unit its number
     * @param believed the order that Redis names, or "" for none
     * @param trueHolder the live order in MongoDB, or "" for none: then the unit is to become free
     */
    private record Finding(int unit, String believed, String trueHolder) {}

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
        // MongoDB first: what is written after that is still in the outbox when Redis is read.
        return orders.liveOf(productId)
                .compose(live -> compare(productId, live))
                .compose(look -> {
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

    private Future<Look> compare(String productId, List<Order> live) {
        Map<Integer, String> taken = new HashMap<>();
        live.forEach(order -> order.units().forEach(unit -> taken.put(unit, order.id())));
        RedisLink link = ledger.link();
        return Future.all(
                        link.send("HMGET", Keys.sale(productId), "epoch", "issued"),
                        link.send("HGETALL", Keys.holder(productId)).map(reply -> holders(reply.asStrings())),
                        link.send("SMEMBERS", Keys.free(productId)).map(reply -> Set.copyOf(reply.asStrings())),
                        link.send("HKEYS", Keys.orders(productId)).map(reply -> Set.copyOf(reply.asStrings())))
                .map(all -> {
                    io.flashsale.redis.Reply sale = all.resultAt(0);
                    return new Look(
                            sale.at(0).asString(),
                            findings(
                                    taken,
                                    (int) sale.at(1).asLong(),
                                    all.resultAt(1),
                                    all.resultAt(2),
                                    all.resultAt(3)));
                });
    }

    private static Map<Integer, String> holders(List<String> fields) {
        Map<Integer, String> holders = new HashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            holders.put(Integer.valueOf(fields.get(i)), fields.get(i + 1));
        }
        return holders;
    }

    private static Set<Finding> findings(
            Map<Integer, String> taken,
            int issued,
            Map<Integer, String> holders,
            Set<String> free,
            Set<String> outbox) {
        Set<Finding> findings = new HashSet<>();
        taken.forEach((unit, truth) -> {
            String believed = holders.getOrDefault(unit, "");
            if (!believed.equals(truth)) {
                findings.add(new Finding(unit, believed, truth));
            }
        });
        for (int unit = 1; unit <= issued; unit++) {
            String believed = holders.getOrDefault(unit, "");
            boolean heldForNobody = !believed.isEmpty() && !outbox.contains(believed);
            boolean nowhere = believed.isEmpty() && !free.contains(String.valueOf(unit));
            if (!taken.containsKey(unit) && (heldForNobody || nowhere)) {
                findings.add(new Finding(unit, believed, ""));
            }
        }
        return findings;
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
