package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Product;
import io.flashsale.domain.Requirements;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderAudit;
import io.flashsale.orders.OrderPersister;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.persistence.audit.AuditEntry;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.purchase.StockHolds;
import io.flashsale.redis.Keys;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
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
     * @param catalogue names the list of products, since a Redis may serve several databases
     * @param passesPerScan unit by unit both stores are compared every so many passes, or more seldom, see {@link ScanScheduler}
     * @param maxRefusals passes in which MongoDB may refuse an order before it is put aside as a dead letter
     */
    public record Settings(String catalogue, int passesPerScan, int maxRefusals) {
        /** Refuses what makes no sense. */
        public Settings {
            new Requirements()
                    .that(passesPerScan >= 1, "passesPerLook must be at least 1")
                    .that(maxRefusals >= 1, "maxRefusals must be at least 1")
                    .check();
        }
    }

    private static final int PRODUCTS_AT_ONCE = 8;

    /** A fail-over brings every node to the new master sooner than that. */
    private static final int PASSES_TILL_RECOVERY = 5;

    private static final int ORDERS_AT_ONCE = 200;

    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final Recovery recovery;
    private final ProductStore products;
    private final OrderStore orders;
    private final DeadLetterService deadLetters;
    private final DeadLetterStore deadLetterStore;
    private final DriftRepairer drift;
    private final OrphanedStockHolds orphanedStockHolds;
    private final OutboxRelay outbox;
    private final ReconcilerLease lease;
    private final ReconcilerMetrics metrics;
    private final AuditClient log;
    private final Clock clock;
    private final RecoveringSales recoveringSales;
    private final CoalescedRecoveries recoveries = new CoalescedRecoveries(this::recoverNow);
    private final Map<String, Integer> replacedSince = new HashMap<>();
    private final ScanScheduler scanScheduler;
    private long waiting;
    private boolean ending;

    /** What the reconciler needs of the node that it belongs to; all of one event loop. */
    public record Dependencies(
            SaleScripts saleScripts,
            OrderPersister persister,
            ProductStore products,
            OrderStore orders,
            DeadLetterStore deadLetterStore,
            DeadLetterService deadLetters,
            OrderAudit audit,
            AuditClient log) {}

    /** Wires the reconciler to both stores. */
    public Reconciler(
            Dependencies dependencies,
            Recovery recovery,
            RecoveringSales recoveringSales,
            ReconcilerMetrics metrics,
            Settings settings,
            Clock clock) {
        this.saleScripts = dependencies.saleScripts();
        this.persister = dependencies.persister();
        this.products = dependencies.products();
        this.orders = dependencies.orders();
        this.deadLetters = dependencies.deadLetters();
        this.recovery = recovery;
        this.recoveringSales = recoveringSales;
        this.metrics = metrics;
        this.log = dependencies.log();
        this.clock = clock;
        this.deadLetterStore = dependencies.deadLetterStore();
        this.drift = new DriftRepairer(saleScripts, persister, orders, deadLetters, log, metrics, clock);
        this.orphanedStockHolds =
                new OrphanedStockHolds(products, new StockHolds(saleScripts, persister, orders)::undo, metrics);
        this.outbox = new OutboxRelay(new OutboxRelaySteps(dependencies), metrics, settings.maxRefusals());
        this.scanScheduler = new ScanScheduler(settings.passesPerScan(), PRODUCTS_AT_ONCE, clock);
        this.lease = new ReconcilerLease(saleScripts.redis(), settings.catalogue());
    }

    /**
     * Recovers a sale; asked for often while it is under way, it is done once, see {@link CoalescedRecoveries}.
     *
     * @param wrongEpoch see {@link io.flashsale.purchase.RecoveryRequest}
     */
    public Future<Void> recover(String productId, long wrongEpoch) {
        return recoveries.request(productId, wrongEpoch);
    }

    private Future<Void> recoverNow(String productId, long wrongEpoch) {
        recoveringSales.closed(productId);
        return recovery.recover(productId, wrongEpoch)
                .onSuccess(epoch -> recovered(productId, epoch))
                .onFailure(failure -> {
                    metrics.count(ReconcilerMetrics.Kind.RECOVERY_FAILED);
                    LOG.atWarn()
                            .addKeyValue("productId", productId)
                            .addKeyValue("reason", failure.getMessage())
                            .log("sale not recovered yet");
                })
                .mapEmpty();
    }

    private void recovered(String productId, long epoch) {
        recoveringSales.open(productId);
        if (epoch > 0) {
            metrics.count(ReconcilerMetrics.Kind.RECOVERED);
            persister.stockChanged(productId);
            audit(productId, epoch);
        }
    }

    /** An epoch is one recovery's alone. The first one only opens the sale of a new product. */
    private void audit(String productId, long epoch) {
        if (epoch > 1) {
            log.record(AuditEntry.done(
                    productId + ":recovered:" + epoch,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    AuditAction.SALE_RECOVERED,
                    AuditEntry.SYSTEM,
                    productId,
                    new JsonObject().put("epoch", epoch)));
        }
    }

    /** One pass over all products, unless another node is at it. What fails is tried again by the next one. */
    public Future<Void> pass() {
        return lease.begin()
                .compose(number -> number > 0 ? passOver().eventually(lease::end) : Future.succeededFuture());
    }

    /** The same whoever else is at it: at the start of a node, which may follow the death of the lock's holder. */
    public Future<Void> firstPass() {
        return passOver();
    }

    /** The node stops: products that the current pass has not begun with are left to the next one, of whichever node. */
    void endPass() {
        ending = true;
    }

    /** Closes the connection to Redis; nothing may be reconciled afterwards. */
    Future<Void> close() {
        return saleScripts.redis().close();
    }

    private Future<Void> passOver() {
        scanScheduler.beginPass();
        waiting = 0;
        return saleScripts
                .redis()
                .identity()
                .compose(identity -> products.all()
                        .compose(all -> BoundedConcurrency.each(
                                all, PRODUCTS_AT_ONCE, product -> reconcile(product, identity.token()))))
                .compose(done -> deadLetters.removeSettled())
                .compose(done -> deadLetters.count())
                .onSuccess(metrics::deadLetters)
                .onComplete(done -> {
                    metrics.waiting(waiting);
                    outbox.endPass();
                    scanScheduler.endPass();
                })
                .mapEmpty();
    }

    /** Never fails: one product that cannot be helped now must not keep the others from being helped. */
    private Future<Void> reconcile(Product product, String identity) {
        if (ending) {
            return Future.succeededFuture();
        }
        return SaleStatus.read(saleScripts.redis(), product.id())
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
            orphanedStockHolds.forget(product.id());
            return Future.succeededFuture();
        }
        if (!status.isCertifiedBy(identity)) {
            return recover(product.id(), 0);
        }
        if (status.epoch() != product.epoch()) {
            return replaced(product.id());
        }
        if (status.version() <= product.version()
                && status.limit() != product.details().perUserLimit()) {
            // Whoever changed it died before the orders had their slots.
            return recover(product.id(), status.epoch());
        }
        replacedSince.remove(product.id());
        // Perhaps by another node.
        recoveringSales.open(product.id());
        waiting += status.waiting();
        if (status.isUnpublished() && !product.deleted()) {
            // Somebody changed it and died, or Redis did not answer, or it is about to be told by whoever changed it.
            persister.stockChanged(product.id());
        }
        Future<Void> configured = Future.succeededFuture();
        if (status.version() < product.version() || status.unitCount() < product.unitCount()) {
            metrics.count(ReconcilerMetrics.Kind.CONFIGURED);
            configured = saleScripts.configure(product).mapEmpty();
        }
        Future<Void> relayed =
                status.waiting() > 0 ? configured.compose(done -> outbox.relay(product.id())) : configured;
        if (product.deleted()) {
            // Until the sale knows that it is over, somebody may still be buying.
            boolean over = status.version() >= product.version() && status.waiting() == 0;
            return !over ? relayed : relayed.compose(done -> forget(product.id()));
        }
        return scanScheduler.isScanDue(product.id()) ? relayed.compose(done -> scan(product)) : relayed;
    }

    /**
     * Another copy of the sale was certified since: this one is a master that does not know it was replaced, which is to
     * change nothing; or a recovery died between the stores, or MongoDB was set back, and nobody else will help. It may
     * also have been recovered since the products were read: the next pass sees that.
     */
    private Future<Void> replaced(String productId) {
        recoveringSales.closed(productId);
        if (replacedSince.merge(productId, 1, Integer::sum) < PASSES_TILL_RECOVERY) {
            return Future.succeededFuture();
        }
        replacedSince.remove(productId);
        return recover(productId, 0);
    }

    /** Asks for the pass again, so that one that has lasted too long ends before it repairs. */
    private Future<Void> scan(Product product) {
        return lease.begin().compose(number -> number > 0 ? scan(product, number) : Future.succeededFuture());
    }

    private Future<Void> scan(Product product, long pass) {
        Instant begun = clock.instant();
        return SaleSnapshot.read(saleScripts.redis(), orders, deadLetterStore, product.id())
                .compose(snapshot -> drift.scan(product.id(), snapshot, pass)
                        .compose(repaired -> orphanedStockHolds.scan(product, snapshot.live())))
                .onComplete(scanned -> scanScheduler.scanned(
                        product.id(),
                        Duration.between(begun, clock.instant()),
                        drift.suspects(product.id()) || orphanedStockHolds.suspects(product.id())));
    }

    /** The keys of a deleted product go once nothing of it waits for MongoDB, which answers retries from then on. */
    private Future<Void> forget(String productId) {
        return orders.ofProduct(productId, Instant.EPOCH)
                .compose(found -> BoundedConcurrency.each(
                        found,
                        ORDERS_AT_ONCE,
                        order -> saleScripts
                                .redis()
                                .send(
                                        "UNLINK",
                                        Keys.user(order.userId(), productId),
                                        Keys.idempotency(order.userId(), productId, order.keyHash()))
                                .mapEmpty()))
                // Whoever still listens could not be told afterwards.
                .compose(done -> saleScripts.announce(productId))
                .compose(told -> saleScripts
                        .redis()
                        .send(
                                "UNLINK",
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId)))
                .mapEmpty();
    }
}
