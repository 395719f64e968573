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
     * @param passesPerLook unit by unit both stores are compared every so many passes, or more seldom, see {@link ScanScheduler}
     * @param maxRefusals passes in which MongoDB may refuse an order before it is put aside as a dead letter
     */
    public record Settings(String catalogue, int passesPerLook, int maxRefusals) {
        /** Refuses what makes no sense. */
        public Settings {
            new Requirements()
                    .that(passesPerLook >= 1, "passesPerLook must be at least 1")
                    .that(maxRefusals >= 1, "maxRefusals must be at least 1")
                    .check();
        }
    }

    private static final int PRODUCTS_AT_ONCE = 8;

    /** A fail-over brings every node to the new master sooner than that. */
    private static final int PASSES_TILL_RECOVERY = 5;

    private static final int ORDERS_AT_ONCE = 200;

    private final SaleScripts ledger;
    private final OrderPersister placement;
    private final Recovery recovery;
    private final ProductStore products;
    private final OrderStore orders;
    private final DeadLetterService letters;
    private final DeadLetterStore deadLetters;
    private final DriftRepairer drift;
    private final OrphanedStockHolds withdrawals;
    private final OutboxRelay outbox;
    private final ReconcilerLease lock;
    private final ReconcilerMetrics repairs;
    private final AuditClient log;
    private final Clock clock;
    private final RecoveringSales salesClosed;
    private final CoalescedRecoveries recoveries = new CoalescedRecoveries(this::recoverNow);
    private final Map<String, Integer> replacedSince = new HashMap<>();
    private final ScanScheduler pace;
    private long waiting;
    private boolean ending;

    /** What the reconciler needs of the node that it belongs to; all of one event loop. */
    public record Rooms(
            SaleScripts ledger,
            OrderPersister placement,
            ProductStore products,
            OrderStore orders,
            DeadLetterStore deadLetters,
            DeadLetterService letters,
            OrderAudit audit,
            AuditClient log) {}

    /** Wires the reconciler to both stores. */
    public Reconciler(
            Rooms rooms,
            Recovery recovery,
            RecoveringSales salesClosed,
            ReconcilerMetrics repairs,
            Settings settings,
            Clock clock) {
        this.ledger = rooms.ledger();
        this.placement = rooms.placement();
        this.products = rooms.products();
        this.orders = rooms.orders();
        this.letters = rooms.letters();
        this.recovery = recovery;
        this.salesClosed = salesClosed;
        this.repairs = repairs;
        this.log = rooms.log();
        this.clock = clock;
        this.deadLetters = rooms.deadLetters();
        this.drift = new DriftRepairer(ledger, placement, orders, letters, log, repairs, clock);
        this.withdrawals = new OrphanedStockHolds(products, new StockHolds(ledger, placement, orders)::undo, repairs);
        this.outbox = new OutboxRelay(new OutboxRelaySteps(rooms), repairs, settings.maxRefusals());
        this.pace = new ScanScheduler(settings.passesPerLook(), PRODUCTS_AT_ONCE, clock);
        this.lock = new ReconcilerLease(ledger.link(), settings.catalogue());
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
        salesClosed.closed(productId);
        return recovery.recover(productId, wrongEpoch)
                .onSuccess(epoch -> recovered(productId, epoch))
                .onFailure(failure -> {
                    repairs.count(ReconcilerMetrics.Kind.RECOVERY_FAILED);
                    LOG.atWarn()
                            .addKeyValue("productId", productId)
                            .addKeyValue("reason", failure.getMessage())
                            .log("sale not recovered yet");
                })
                .mapEmpty();
    }

    private void recovered(String productId, long epoch) {
        salesClosed.open(productId);
        if (epoch > 0) {
            repairs.count(ReconcilerMetrics.Kind.RECOVERED);
            placement.stockChanged(productId);
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
        return lock.begin().compose(number -> number > 0 ? passOver().eventually(lock::end) : Future.succeededFuture());
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
        return ledger.link().close();
    }

    private Future<Void> passOver() {
        pace.passBegins();
        waiting = 0;
        return ledger.link()
                .identity()
                .compose(identity -> products.all()
                        .compose(all -> BoundedConcurrency.each(
                                all, PRODUCTS_AT_ONCE, product -> reconcile(product, identity.token()))))
                .compose(done -> letters.removeSettled())
                .compose(done -> letters.count())
                .onSuccess(repairs::deadLetters)
                .onComplete(done -> {
                    repairs.waiting(waiting);
                    outbox.passEnded();
                    pace.passEnds();
                })
                .mapEmpty();
    }

    /** Never fails: one product that cannot be helped now must not keep the others from being helped. */
    private Future<Void> reconcile(Product product, String identity) {
        if (ending) {
            return Future.succeededFuture();
        }
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
            withdrawals.forget(product.id());
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
        salesClosed.open(product.id());
        waiting += status.waiting();
        if (status.untold() && !product.deleted()) {
            // Somebody changed it and died, or Redis did not answer, or it is about to be told by whoever changed it.
            placement.stockChanged(product.id());
        }
        Future<Void> configured = Future.succeededFuture();
        if (status.version() < product.version() || status.highest() < product.highest()) {
            repairs.count(ReconcilerMetrics.Kind.CONFIGURED);
            configured = ledger.configure(product).mapEmpty();
        }
        Future<Void> driven =
                status.waiting() > 0 ? configured.compose(done -> outbox.drive(product.id())) : configured;
        if (product.deleted()) {
            // Until the sale knows that it is over, somebody may still be buying.
            boolean over = status.version() >= product.version() && status.waiting() == 0;
            return !over ? driven : driven.compose(done -> forget(product.id()));
        }
        return pace.isLookingAt(product.id()) ? driven.compose(done -> look(product)) : driven;
    }

    /**
     * Another copy of the sale was certified since: this one is a master that does not know it was replaced, which is to
     * change nothing; or a recovery died between the stores, or MongoDB was set back, and nobody else will help. It may
     * also have been recovered since the products were read: the next pass sees that.
     */
    private Future<Void> replaced(String productId) {
        salesClosed.closed(productId);
        if (replacedSince.merge(productId, 1, Integer::sum) < PASSES_TILL_RECOVERY) {
            return Future.succeededFuture();
        }
        replacedSince.remove(productId);
        return recover(productId, 0);
    }

    /** Asks for the pass again, so that one that has lasted too long ends before it repairs. */
    private Future<Void> look(Product product) {
        return lock.begin().compose(number -> number > 0 ? look(product, number) : Future.succeededFuture());
    }

    private Future<Void> look(Product product, long pass) {
        Instant begun = clock.instant();
        return SaleSnapshot.read(ledger.link(), orders, deadLetters, product.id())
                .compose(snapshot -> drift.look(product.id(), snapshot, pass)
                        .compose(repaired -> withdrawals.look(product, snapshot.live())))
                .onComplete(looked -> pace.looked(
                        product.id(),
                        Duration.between(begun, clock.instant()),
                        drift.suspects(product.id()) || withdrawals.suspects(product.id())));
    }

    /** The keys of a deleted product go once nothing of it waits for MongoDB, which answers retries from then on. */
    private Future<Void> forget(String productId) {
        return orders.ofProduct(productId, Instant.EPOCH)
                .compose(found -> BoundedConcurrency.each(
                        found,
                        ORDERS_AT_ONCE,
                        order -> ledger.link()
                                .send(
                                        "UNLINK",
                                        Keys.user(order.userId(), productId),
                                        Keys.idempotency(order.userId(), productId, order.keyHash()))
                                .mapEmpty()))
                // Whoever still listens could not be told afterwards.
                .compose(done -> ledger.announce(productId))
                .compose(told -> ledger.link()
                        .send(
                                "UNLINK",
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId)))
                .mapEmpty();
    }
}
