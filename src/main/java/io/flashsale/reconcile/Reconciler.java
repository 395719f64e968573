package io.flashsale.reconcile;

import io.flashsale.persistence.OrderStore;
import io.flashsale.persistence.ProductStore;
import io.flashsale.purchase.Ledger;
import io.flashsale.purchase.Placement;
import io.flashsale.purchase.PurchaseOutcome;
import io.flashsale.redis.Keys;
import io.flashsale.sale.Order;
import io.flashsale.sale.Product;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares Redis with MongoDB, product by product, and repairs what is certain.
 *
 * <p>One node at a time makes a pass, as a courtesy to the stores; two at once would do no harm. Belongs to the event loop
 * of its ledger.
 */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /**
     * How thoroughly.
     *
     * @param passesPerLook unit by unit both stores are compared every so many passes, since that reads all of a sale
     */
    public record Settings(int passesPerLook) {
        /** Refuses what makes no sense. */
        public Settings {
            if (passesPerLook < 1) {
                throw new IllegalArgumentException("passesPerLook must be at least 1");
            }
        }
    }

    private static final Duration PASS_LEASE = Duration.ofSeconds(5);
    private static final int PRODUCTS_AT_ONCE = 8;
    private static final int ORDERS_AT_ONCE = 200;

    private final Ledger ledger;
    private final Placement placement;
    private final Recovery recovery;
    private final ProductStore products;
    private final OrderStore orders;
    private final Drift drift;
    private final Settings settings;
    private final SalesClosed salesClosed;
    private final Map<String, Future<Void>> recoveries = new HashMap<>();
    private int passesUntilLook;
    private final String token = UUID.randomUUID().toString();

    /** Outbox entries that the previous pass saw, as the whole text of each. */
    private Set<String> seenBefore = new HashSet<>();

    private Set<String> seenNow = new HashSet<>();

    /** Wires the reconciler to both stores. */
    public Reconciler(
            Ledger ledger,
            Placement placement,
            Recovery recovery,
            ProductStore products,
            OrderStore orders,
            SalesClosed salesClosed,
            Settings settings) {
        this.salesClosed = salesClosed;
        this.settings = settings;
        this.drift = new Drift(ledger, placement, orders);
        this.ledger = ledger;
        this.placement = placement;
        this.recovery = recovery;
        this.products = products;
        this.orders = orders;
    }

    /** Recovers a sale; asked for often while it is under way, it is done once. */
    public Future<Void> recover(String productId) {
        Future<Void> underWay = recoveries.get(productId);
        if (underWay != null) {
            return underWay;
        }
        salesClosed.closed(productId);
        Future<Void> started = recovery.recover(productId);
        recoveries.put(productId, started);
        started.onComplete(done -> recoveries.remove(productId));
        return started.onSuccess(done -> salesClosed.open(productId))
                .onFailure(failure -> LOG.atWarn()
                        .addKeyValue("productId", productId)
                        .addKeyValue("reason", failure.getMessage())
                        .log("sale not recovered yet"));
    }

    /** One pass over all products, unless another node is at it. What fails is tried again by the next one. */
    public Future<Void> pass() {
        return lock().compose(locked -> locked
                ? passUnlocked().eventually(() -> ledger.link().send("DEL", Keys.reconcilerLock()))
                : Future.succeededFuture());
    }

    /** The same whoever else is at it: at the start of a node, which may follow the death of the lock's holder. */
    public Future<Void> firstPass() {
        return passUnlocked();
    }

    private Future<Void> passUnlocked() {
        passesUntilLook = passesUntilLook > 0 ? passesUntilLook - 1 : settings.passesPerLook() - 1;
        return ledger.link()
                .identity()
                .compose(identity -> products.all()
                        .compose(all ->
                                Chunks.each(all, PRODUCTS_AT_ONCE, product -> reconcile(product, identity.token()))))
                .onComplete(done -> {
                    seenBefore = seenNow;
                    seenNow = new HashSet<>();
                });
    }

    private Future<Boolean> lock() {
        return ledger.link()
                .send("SET", Keys.reconcilerLock(), token, "NX", "PX", String.valueOf(PASS_LEASE.toMillis()))
                .map(reply -> !reply.isNil());
    }

    /** Never fails: one product that cannot be helped now must not keep the others from being helped. */
    private Future<Void> reconcile(Product product, String identity) {
        return SaleStatus.read(ledger.link(), product.id())
                .compose(status -> reconcile(product, identity, status))
                .otherwise(failure -> {
                    LOG.atWarn()
                            .addKeyValue("productId", product.id())
                            .addKeyValue("reason", failure.getMessage())
                            .log("product not reconciled");
                    return null;
                });
    }

    private Future<Void> reconcile(Product product, String identity, SaleStatus status) {
        if (product.deleted() && !status.exists()) {
            drift.forget(product.id());
            return Future.succeededFuture();
        }
        if (!status.isCertifiedBy(identity)) {
            return recover(product.id());
        }
        // Perhaps by another node.
        salesClosed.open(product.id());
        Future<Void> configured = Future.succeededFuture();
        if (status.version() < product.version() || status.highest() < product.highest()) {
            configured = ledger.configure(product).mapEmpty();
        }
        Future<Void> driven =
                status.waiting() > 0 ? configured.compose(done -> driveOldOnes(product.id())) : configured;
        if (product.deleted()) {
            return status.waiting() > 0 ? driven : driven.compose(done -> forget(product.id()));
        }
        return passesUntilLook > 0
                ? driven
                : driven.compose(done -> drift.look(product.id())).mapEmpty();
    }

    /** Old is what two passes saw: a clock may jump at a fail-over, an order in flight is not to be raced. */
    private Future<Void> driveOldOnes(String productId) {
        return ledger.outbox(productId).compose(outbox -> {
            List<Order> old = new ArrayList<>();
            outbox.forEach((text, order) -> {
                seenNow.add(text);
                if (seenBefore.contains(text)) {
                    old.add(order);
                }
            });
            return Chunks.each(old, ORDERS_AT_ONCE, this::drive);
        });
    }

    private Future<Void> drive(Order order) {
        return placement.drive(order, true).compose(outcome -> {
            boolean lost = outcome.kind() == PurchaseOutcome.Kind.LIMIT_REACHED
                    || outcome.kind() == PurchaseOutcome.Kind.UNAVAILABLE;
            if (lost && !order.byTheHouse()) {
                return orders.recordFailed(order);
            }
            return Future.succeededFuture();
        });
    }

    /** The keys of a deleted product go once nothing of it waits for MongoDB, which answers retries from then on. */
    private Future<Void> forget(String productId) {
        return orders.ofProduct(productId, Instant.EPOCH)
                .compose(found -> Chunks.each(
                        found,
                        ORDERS_AT_ONCE,
                        order -> ledger.link()
                                .send(
                                        "UNLINK",
                                        Keys.user(order.userId(), productId),
                                        Keys.idempotency(order.userId(), productId, order.keyHash()))
                                .mapEmpty()))
                .compose(done -> ledger.link()
                        .send(
                                "UNLINK",
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId)))
                .mapEmpty();
    }
}
