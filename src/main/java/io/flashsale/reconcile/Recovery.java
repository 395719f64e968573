package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderAudit;
import io.flashsale.orders.PurchaseLimitBackfill;
import io.flashsale.persistence.order.OrderClient;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.reconcile.RecoveryScripts.Claim;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.redis.ServerIdentity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds the sale of one product in Redis from MongoDB, and certifies it.
 *
 * <p>Concurrent recoveries of the same sale do no harm: each raises the epoch in MongoDB first, and the scripts refuse
 * the lower epoch. Belongs to the event loop of its Redis connection.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Scripts in flight at once: bounds memory, and the share of Redis that one product takes from others. */
    private static final int CHUNK_SIZE = 500;

    /** Attempts that concurrent edits may interrupt before the recovery fails. */
    private static final int MAX_ATTEMPTS = 5;

    /** Tolerated clock skew between nodes and Redis; an answer that is restored needlessly expires at once. */
    private static final Duration MAX_CLOCK_SKEW = Duration.ofHours(3);

    private final Vertx vertx;
    private final SaleScripts saleScripts;
    private final RecoveryScripts steps;
    private final ProductStore products;
    private final OrderStore orders;
    private final OutboxDrain drain;
    private final DeadLetterService deadLetters;
    private final OrderAudit audit;
    private final PurchaseLimitBackfill slots;
    private final Clock clock;

    /** Wires the recovery to both stores. */
    public Recovery(
            Vertx vertx,
            SaleScripts saleScripts,
            ProductStore products,
            OrderStore orders,
            OrderClient writer,
            DeadLetterService deadLetters,
            OrderAudit audit,
            Clock clock) {
        this.vertx = vertx;
        this.saleScripts = saleScripts;
        this.steps = new RecoveryScripts(saleScripts.redis());
        this.products = products;
        this.orders = orders;
        this.drain = new OutboxDrain(
                vertx,
                writer,
                order -> orders.recordFailed(order).onSuccess(recorded -> audit.failed(order)),
                (order, reason) -> deadLetters.deadLetter(order, reason, OutboxDrain.MAX_REFUSALS));
        this.deadLetters = deadLetters;
        this.audit = audit;
        this.slots = new PurchaseLimitBackfill(orders);
        this.clock = clock;
    }

    /**
     * Recovers a sale, unless it is already up to date: a request may stem from before the recovery that ended last.
     *
     * @param wrongEpoch the epoch under which the sale proved wrong though certified, or 0
     * @return the new epoch, or 0 if the sale was up to date; fails if a store does not answer or another recovery is
     *     running, and can then be retried
     */
    public Future<Long> recover(String productId, long wrongEpoch) {
        String token = UUID.randomUUID().toString();
        return steps.lock(productId, token).compose(locked -> {
            if (!locked) {
                return Future.failedFuture(
                        RedisUnavailableException.nothingSent("another node is recovering this sale"));
            }
            long lease = vertx.setPeriodic(
                    RecoveryScripts.LOCK_LEASE.toMillis() / 3, timer -> steps.prolong(productId, token));
            return isUpToDate(productId, wrongEpoch)
                    .compose(upToDate -> upToDate ? Future.succeededFuture(0L) : recoverLocked(productId, token))
                    .eventually(() -> {
                        vertx.cancelTimer(lease);
                        return steps.unlock(productId, token);
                    });
        });
    }

    private Future<Boolean> isUpToDate(String productId, long wrongEpoch) {
        return saleScripts
                .redis()
                .readIdentity()
                .compose(identity -> SaleStatus.read(saleScripts.redis(), productId)
                        .compose(status -> {
                            if (!status.isCertifiedBy(identity.token()) || status.epoch() <= wrongEpoch) {
                                return Future.succeededFuture(false);
                            }
                            return products.epochs(Set.of(productId))
                                    .map(epochs -> Objects.equals(epochs.get(productId), status.epoch()));
                        }));
    }

    private Future<Long> recoverLocked(String productId, String token) {
        long startedAt = clock.millis();
        return saleScripts
                .redis()
                .readIdentity()
                .compose(identity -> requireSupported(identity)
                        .compose(supported -> recoverUnderNewEpoch(productId, token, identity, MAX_ATTEMPTS)))
                .onSuccess(done -> LOG.atInfo()
                        .addKeyValue("productId", productId)
                        .addKeyValue("millis", clock.millis() - startedAt)
                        .log("sale recovered"));
    }

    private Future<Long> recoverUnderNewEpoch(
            String productId, String token, ServerIdentity identity, int attemptsLeft) {
        return products.raiseEpoch(productId).compose(raised -> {
            if (raised.isEmpty()) {
                return Future.failedFuture(new IllegalArgumentException("no product " + productId));
            }
            Claim claim = new Claim(productId, raised.get().epoch(), token);
            return begin(claim)
                    .compose(begun -> drain(claim))
                    .compose(drained -> rebuild(claim, identity, raised.get()))
                    .compose(finished -> {
                        if (finished) {
                            return Future.succeededFuture(claim.epoch());
                        }
                        return attemptsLeft > 1
                                ? recoverUnderNewEpoch(productId, token, identity, attemptsLeft - 1)
                                : Future.failedFuture(
                                        new RecoveryScripts.SupersededException("product edited during every attempt"));
                    });
        });
    }

    private static Future<Void> requireSupported(ServerIdentity identity) {
        return identity.rejection().isPresent()
                ? Future.failedFuture(
                        new IllegalStateException(identity.rejection().get()))
                : Future.succeededFuture();
    }

    /**
     * Begins the recovery in Redis. If MongoDB was restored to an earlier state, its epoch is raised to that of Redis,
     * and the next attempt succeeds.
     */
    private Future<Void> begin(Claim claim) {
        return steps.begin(claim).compose(higher -> {
            if (higher == 0) {
                return Future.succeededFuture();
            }
            return products.raiseEpochTo(claim.productId(), higher)
                    .compose(raised -> Future.failedFuture(
                            new RecoveryScripts.SupersededException("Redis already has epoch " + higher)));
        });
    }

    /** Writes the outbox to MongoDB first, whose unique indexes resolve conflicts. */
    private Future<Void> drain(Claim claim) {
        return saleScripts.outbox(claim.productId()).compose(outbox -> drain.drain(outbox.values()));
    }

    /**
     * Rebuilds the sale; returns false if the product was edited meanwhile. The recovery then starts over under another
     * epoch, since an order may have been cancelled, too, and its restored holder would count under this epoch.
     */
    private Future<Boolean> rebuild(Claim claim, ServerIdentity identity, Product product) {
        return holdersWithSlots(product)
                .compose(found -> steps.clear(claim)
                        .compose(cleared -> Future.all(restore(claim, found), audit(found)))
                        .compose(restored -> restoreFree(claim, found)))
                .compose(highWaterMark -> products.find(claim.productId()).compose(current -> {
                    Product latest = current.orElse(product);
                    if (latest.unitCount() != product.unitCount() || latest.version() != product.version()) {
                        return Future.succeededFuture(false);
                    }
                    return steps.finish(claim, identity.token(), highWaterMark, latest)
                            .map(true);
                }));
    }

    private Future<Void> restore(Claim claim, List<Order> found) {
        return BoundedConcurrency.each(found, CHUNK_SIZE, order -> steps.restore(claim, order, answerUntil(order)));
    }

    /** Completes the audit log, since the recovery clears the outbox, which also lists the missing audit entries. */
    private Future<Void> audit(List<Order> found) {
        Instant since = answersSince();
        List<Order> recent =
                found.stream().filter(order -> order.updatedAt().isAfter(since)).toList();
        Future<Void> done = Future.succeededFuture();
        for (List<Order> chunk : chunks(recent)) {
            done = done.compose(before -> audit.complete(chunk));
        }
        return done;
    }

    private static <T> List<List<T>> chunks(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += CHUNK_SIZE) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK_SIZE)));
        }
        return chunks;
    }

    /**
     * Reads the holders, and assigns missing slots first. Orders lack slots if the limit was introduced after them and
     * the node that changed it died before it assigned them.
     */
    private Future<List<Order>> holdersWithSlots(Product product) {
        return holders(product.id()).compose(found -> {
            boolean slotsMissing = product.details().perUserLimit() > 0
                    && found.stream()
                            .anyMatch(order ->
                                    order.status().holdsUnits() && order.slots().isEmpty() && !order.isStockHold());
            return slotsMissing
                    ? slots.assign(product).compose(assigned -> holders(product.id()))
                    : Future.succeededFuture(found);
        });
    }

    /** Reads the orders in MongoDB, and the dead letters whose units were not sold again. */
    private Future<List<Order>> holders(String productId) {
        return orders.ofProduct(productId, answersSince())
                .compose(placed -> deadLetters.ofProduct(productId).map(refused -> {
                    BitSet taken = takenBy(placed);
                    List<Order> all = new ArrayList<>(placed);
                    refused.stream()
                            .filter(order -> order.units().stream().noneMatch(taken::get))
                            .forEach(all::add);
                    return all;
                }));
    }

    private static BitSet takenBy(List<Order> orders) {
        BitSet taken = new BitSet();
        orders.stream()
                .filter(order -> order.status().holdsUnits())
                .flatMap(order -> order.units().stream())
                .forEach(taken::set);
        return taken;
    }

    private Instant answerUntil(Order order) {
        return order.reservedAt().plus(saleScripts.answerTtl());
    }

    /** Returns the time before which no order needs its answer any more, by any clock. */
    private Instant answersSince() {
        return clock.instant().minus(saleScripts.answerTtl()).minus(MAX_CLOCK_SKEW);
    }

    /**
     * Restores the free units: the gaps below the highest unit sold. Units above it were never issued and need no
     * entry.
     */
    private Future<Integer> restoreFree(Claim claim, List<Order> found) {
        BitSet taken = takenBy(found);
        int highWaterMark = Math.max(0, taken.length() - 1);
        List<Integer> free = IntStream.rangeClosed(1, highWaterMark)
                .filter(unit -> !taken.get(unit))
                .boxed()
                .toList();
        return BoundedConcurrency.each(chunks(free), CHUNK_SIZE, units -> steps.restoreFree(claim, units))
                .map(highWaterMark);
    }
}
