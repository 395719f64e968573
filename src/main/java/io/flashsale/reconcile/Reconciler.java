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
 * Compares Redis with MongoDB, product by product, and repairs confirmed differences.
 *
 * <p>One node at a time makes a pass, to spare the stores; concurrent passes would do no harm. Belongs to the event
 * loop of its Redis connection.
 */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /**
     * Says how thoroughly the reconciler works.
     *
     * @param catalogue names the list of products, since a Redis may serve several databases
     * @param passesPerScan least number of passes from one unit-by-unit comparison to the next, see {@link
     *     ScanScheduler}
     * @param maxRefusals passes in which MongoDB may refuse an order before it is dead-lettered
     */
    public record Settings(String catalogue, int passesPerScan, int maxRefusals) {
        /** Rejects values that cannot work. */
        public Settings {
            new Requirements()
                    .that(passesPerScan >= 1, "passesPerLook must be at least 1")
                    .that(maxRefusals >= 1, "maxRefusals must be at least 1")
                    .check();
        }
    }

    private static final int PRODUCTS_AT_ONCE = 8;

    /** A fail-over takes fewer passes than this to bring every node to the new master. */
    private static final int PASSES_UNTIL_RECOVERY = 5;

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
    private final AuditClient auditLog;
    private final Clock clock;
    private final RecoveringSales recoveringSales;
    private final CoalescedRecoveries recoveries = new CoalescedRecoveries(this::recoverNow);
    private final Map<String, Integer> epochMismatches = new HashMap<>();
    private final ScanScheduler scanScheduler;
    private long outboxOrders;
    private boolean stopping;

    /** The components of the node that the reconciler uses; all belong to one event loop. */
    public record Dependencies(
            SaleScripts saleScripts,
            OrderPersister persister,
            ProductStore products,
            OrderStore orders,
            DeadLetterStore deadLetterStore,
            DeadLetterService deadLetters,
            OrderAudit audit,
            AuditClient auditLog) {}

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
        this.auditLog = dependencies.auditLog();
        this.clock = clock;
        this.deadLetterStore = dependencies.deadLetterStore();
        this.drift = new DriftRepairer(saleScripts, persister, orders, deadLetters, auditLog, metrics, clock);
        this.orphanedStockHolds =
                new OrphanedStockHolds(products, new StockHolds(saleScripts, persister, orders)::undo, metrics);
        this.outbox = new OutboxRelay(new OutboxRelaySteps(dependencies), metrics, settings.maxRefusals());
        this.scanScheduler = new ScanScheduler(settings.passesPerScan(), PRODUCTS_AT_ONCE, clock);
        this.lease = new ReconcilerLease(saleScripts.redis(), settings.catalogue());
    }

    /**
     * Recovers a sale; concurrent requests share one recovery, see {@link CoalescedRecoveries}.
     *
     * @param wrongEpoch see {@link io.flashsale.purchase.RecoveryRequest}
     */
    public Future<Void> recover(String productId, long wrongEpoch) {
        return recoveries.request(productId, wrongEpoch);
    }

    private Future<Void> recoverNow(String productId, long wrongEpoch) {
        recoveringSales.markClosed(productId);
        return recovery.recover(productId, wrongEpoch)
                .onSuccess(epoch -> recovered(productId, epoch))
                .onFailure(failure -> {
                    metrics.count(ReconcilerMetrics.Kind.RECOVERY_FAILED);
                    LOG.atWarn()
                            .addKeyValue("productId", productId)
                            .addKeyValue("reason", failure.getMessage())
                            .log("sale recovery failed");
                })
                .mapEmpty();
    }

    private void recovered(String productId, long epoch) {
        recoveringSales.markOpen(productId);
        if (epoch > 0) {
            metrics.count(ReconcilerMetrics.Kind.RECOVERED);
            persister.stockChanged(productId);
            auditRecovery(productId, epoch);
        }
    }

    /** Audits a recovery by its epoch, which is unique. The first epoch only opens the sale of a new product. */
    private void auditRecovery(String productId, long epoch) {
        if (epoch > 1) {
            auditLog.record(AuditEntry.done(
                    productId + ":recovered:" + epoch,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    AuditAction.SALE_RECOVERED,
                    AuditEntry.SYSTEM,
                    productId,
                    new JsonObject().put("epoch", epoch)));
        }
    }

    /** Makes a pass over all products, unless another node is making one. The next pass retries what fails. */
    public Future<Void> pass() {
        return lease.begin()
                .compose(token -> token > 0 ? reconcileAll().eventually(lease::end) : Future.succeededFuture());
    }

    /** Makes a pass without the lease: a node may start just after the holder of the lease has died. */
    public Future<Void> firstPass() {
        return reconcileAll();
    }

    /**
     * Skips the remaining products of the current pass, since the node stops. The next pass of any node covers them.
     */
    void stopPass() {
        stopping = true;
    }

    /** Closes the connection to Redis; no method may be called afterwards. */
    Future<Void> close() {
        return saleScripts.redis().close();
    }

    private Future<Void> reconcileAll() {
        scanScheduler.beginPass();
        outboxOrders = 0;
        return saleScripts
                .redis()
                .identity()
                .compose(identity -> products.all()
                        .compose(all -> BoundedConcurrency.each(
                                all, PRODUCTS_AT_ONCE, product -> reconcile(product, identity.token()))))
                .compose(done -> deadLetters.removeSettled())
                .compose(done -> deadLetters.count())
                .onSuccess(metrics::setDeadLetters)
                .onComplete(done -> {
                    metrics.setOutboxOrders(outboxOrders);
                    outbox.endPass();
                    scanScheduler.endPass();
                })
                .mapEmpty();
    }

    /** Reconciles a product. Never fails, so that a failure with one product does not prevent the others. */
    private Future<Void> reconcile(Product product, String identity) {
        if (stopping) {
            return Future.succeededFuture();
        }
        return SaleStatus.read(saleScripts.redis(), product.id())
                .compose(status -> reconcile(product, identity, status))
                .otherwise(failure -> {
                    LOG.atWarn()
                            .addKeyValue("productId", product.id())
                            .addKeyValue("reason", failure.getMessage())
                            .log("product reconciliation failed");
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
            return handleEpochMismatch(product.id());
        }
        if (status.version() <= product.version()
                && status.limit() != product.details().perUserLimit()) {
            // The node that changed the limit died before it assigned the slots of the orders.
            return recover(product.id(), status.epoch());
        }
        epochMismatches.remove(product.id());
        // Another node may have recovered it.
        recoveringSales.markOpen(product.id());
        outboxOrders += status.waiting();
        if (status.isUnpublished() && !product.deleted()) {
            // A node died or lost Redis after it changed the stock, or is about to publish the change.
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
            // Until the sale has the tombstone, buyers may still buy.
            boolean over = status.version() >= product.version() && status.waiting() == 0;
            return !over ? relayed : relayed.compose(done -> deleteSale(product.id()));
        }
        return scanScheduler.isScanDue(product.id()) ? relayed.compose(done -> scan(product)) : relayed;
    }

    /**
     * Handles a sale whose epoch differs from MongoDB's. Either this Redis is a replaced master, on which nothing may
     * be changed; or a recovery died between the stores, or MongoDB was restored from a backup, and the sale has to be
     * recovered. The sale may also have been recovered since the products were read; the next pass notices that.
     */
    private Future<Void> handleEpochMismatch(String productId) {
        recoveringSales.markClosed(productId);
        if (epochMismatches.merge(productId, 1, Integer::sum) < PASSES_UNTIL_RECOVERY) {
            return Future.succeededFuture();
        }
        epochMismatches.remove(productId);
        return recover(productId, 0);
    }

    /** Renews the lease before the scan, so that a pass that has lost the lease does not repair. */
    private Future<Void> scan(Product product) {
        return lease.begin().compose(token -> token > 0 ? scan(product, token) : Future.succeededFuture());
    }

    private Future<Void> scan(Product product, long pass) {
        Instant startedAt = clock.instant();
        return SaleSnapshot.read(saleScripts.redis(), orders, deadLetterStore, product.id())
                .compose(snapshot -> drift.scan(product.id(), snapshot, pass)
                        .compose(repaired -> orphanedStockHolds.scan(product, snapshot.live())))
                .onComplete(scanned -> scanScheduler.scanned(
                        product.id(),
                        Duration.between(startedAt, clock.instant()),
                        drift.isSuspect(product.id()) || orphanedStockHolds.isSuspect(product.id())));
    }

    /** Deletes the keys of a deleted product, once its outbox is empty. From then on MongoDB answers retries. */
    private Future<Void> deleteSale(String productId) {
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
                // Subscribers can only be notified while the sale exists.
                .compose(done -> saleScripts.announce(productId))
                .compose(announced -> saleScripts
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
