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
 * Rebuilds the sale of one product in Redis from what MongoDB holds, and vouches for it.
 *
 * <p>Two recoveries of the same sale do no harm: each raises the epoch in MongoDB first, and the scripts refuse the lower
 * one. Belongs to the event loop of its ledger.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Scripts sent before their answers are awaited: bounds memory and what one product takes from others. */
    private static final int CHUNK = 500;

    /** Edits that may come in between before a recovery gives up for now. */
    private static final int MAX_EDITS = 5;

    /** By so much the clocks of nodes and of Redis may differ; an answer that is read in vain expires at once. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(3);

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
     * Recovers a sale, unless that was done meanwhile: whoever asks may have seen it before the recovery that is over now.
     *
     * @param wrongEpoch under which it proved wrong though certified, or 0
     * @return the epoch that it began, or 0 where the sale stands; fails where a store does not answer or another recovery
     *     is under way, and nothing is lost by trying again
     */
    public Future<Long> recover(String productId, long wrongEpoch) {
        String token = UUID.randomUUID().toString();
        return steps.lock(productId, token).compose(locked -> {
            if (!locked) {
                return Future.failedFuture(RedisUnavailableException.nothingSent("another node recovers this sale"));
            }
            long lease = vertx.setPeriodic(
                    RecoveryScripts.LOCK_LEASE.toMillis() / 3, timer -> steps.prolong(productId, token));
            return stands(productId, wrongEpoch)
                    .compose(stands -> stands ? Future.succeededFuture(0L) : recoverLocked(productId, token))
                    .eventually(() -> {
                        vertx.cancelTimer(lease);
                        return steps.unlock(productId, token);
                    });
        });
    }

    private Future<Boolean> stands(String productId, long wrongEpoch) {
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
                .compose(identity ->
                        check(identity).compose(supported -> underANewEpoch(productId, token, identity, MAX_EDITS)))
                .onSuccess(done -> LOG.atInfo()
                        .addKeyValue("productId", productId)
                        .addKeyValue("millis", clock.millis() - startedAt)
                        .log("sale recovered"));
    }

    private Future<Long> underANewEpoch(String productId, String token, ServerIdentity identity, int triesLeft) {
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
                        return triesLeft > 1
                                ? underANewEpoch(productId, token, identity, triesLeft - 1)
                                : Future.failedFuture(new RecoveryScripts.SupersededException("edited all the time"));
                    });
        });
    }

    private static Future<Void> check(ServerIdentity identity) {
        return identity.rejection().isPresent()
                ? Future.failedFuture(
                        new IllegalStateException(identity.rejection().get()))
                : Future.succeededFuture();
    }

    /** MongoDB may have been set back to an earlier state: then it learns Redis' epoch, and the next try succeeds. */
    private Future<Void> begin(Claim claim) {
        return steps.begin(claim).compose(higher -> {
            if (higher == 0) {
                return Future.succeededFuture();
            }
            return products.raiseEpochTo(claim.productId(), higher)
                    .compose(raised -> Future.failedFuture(
                            new RecoveryScripts.SupersededException("Redis knows epoch " + higher + " already")));
        });
    }

    /** What Redis still has of orders goes to MongoDB first; its indexes arbitrate. */
    private Future<Void> drain(Claim claim) {
        return saleScripts.outbox(claim.productId()).compose(outbox -> drain.drain(outbox.values()));
    }

    /**
     * False where an edit came in between: it starts over under another epoch, since a cancellation may have come too, and
     * what was restored for its order would count.
     */
    private Future<Boolean> rebuild(Claim claim, ServerIdentity identity, Product product) {
        return holdersWithSlots(product)
                .compose(found -> steps.clear(claim)
                        .compose(cleared -> Future.all(restore(claim, found), audit(found)))
                        .compose(restored -> restoreFree(claim, found)))
                .compose(highWaterMark -> products.find(claim.productId()).compose(now -> {
                    Product latest = now.orElse(product);
                    if (latest.unitCount() != product.unitCount() || latest.version() != product.version()) {
                        return Future.succeededFuture(false);
                    }
                    return steps.finish(claim, identity.token(), highWaterMark, latest)
                            .map(true);
                }));
    }

    private Future<Void> restore(Claim claim, List<Order> found) {
        return BoundedConcurrency.each(found, CHUNK, order -> steps.restore(claim, order, answerUntil(order)));
    }

    /** The outbox ends here, and with it the memory of what the audit log is owed. */
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
        for (int from = 0; from < all.size(); from += CHUNK) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
        }
        return chunks;
    }

    /** A limit that came after the orders asks for their buyers' slots; whoever changed it may have died before that. */
    private Future<List<Order>> holdersWithSlots(Product product) {
        return holders(product.id()).compose(found -> {
            boolean lacking = product.details().perUserLimit() > 0
                    && found.stream()
                            .anyMatch(order ->
                                    order.status().holdsUnits() && order.slots().isEmpty() && !order.isStockHold());
            return lacking
                    ? slots.assign(product).compose(assigned -> holders(product.id()))
                    : Future.succeededFuture(found);
        });
    }

    /** The orders of MongoDB, and dead letters whose units nobody has bought since. */
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

    /** What is older needs no answer any more, by whichever clock. */
    private Instant answersSince() {
        return clock.instant().minus(saleScripts.answerTtl()).minus(CLOCKS_DIFFER);
    }

    /** The gaps below the highest unit sold are free; above it nothing was issued, and nothing need be written. */
    private Future<Integer> restoreFree(Claim claim, List<Order> found) {
        BitSet taken = takenBy(found);
        int highWaterMark = Math.max(0, taken.length() - 1);
        List<Integer> free = IntStream.rangeClosed(1, highWaterMark)
                .filter(unit -> !taken.get(unit))
                .boxed()
                .toList();
        return BoundedConcurrency.each(chunks(free), CHUNK, units -> steps.restoreFree(claim, units))
                .map(highWaterMark);
    }
}
