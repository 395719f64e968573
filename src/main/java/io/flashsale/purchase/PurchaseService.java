package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Product;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.orders.BoundedMap;
import io.flashsale.orders.OrderPersister;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes purchases: the purchase script reserves, MongoDB confirms, and this class maps their results to outcomes.
 *
 * <p>Belongs to the event loop of its {@link SaleScripts}.
 */
public final class PurchaseService {
    private static final Logger LOG = LoggerFactory.getLogger(PurchaseService.class);

    /** How long an id stays cached as unknown. A product created meanwhile is found after this delay. */
    private static final Duration UNKNOWN_TTL = Duration.ofSeconds(1);

    /**
     * How long purchases are refused after a recovery request, so that a rush on a recovering sale loads neither store.
     */
    private static final Duration RECOVERY_REQUEST_TTL = Duration.ofMillis(200);

    private static final int MAX_CACHED_PRODUCTS = 10_000;

    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final OrderStore orders;
    private final ProductStore products;
    private final RecoveryClient recoveries;
    private final StaleRefusalGuard staleRefusalGuard;
    private final Clock clock;
    private final Map<String, Instant> unknownUntil = new BoundedMap<>(MAX_CACHED_PRODUCTS);
    private final Map<String, Instant> recoveryRequestedUntil = new BoundedMap<>(MAX_CACHED_PRODUCTS);

    /**
     * Creates the service over both stores.
     *
     * @param refusalTimeout how long a refusal waits for its verification in MongoDB before it counts as valid
     */
    public PurchaseService(
            Vertx vertx,
            SaleScripts saleScripts,
            OrderPersister persister,
            OrderStore orders,
            ProductStore products,
            RecoveryClient recoveries,
            Duration refusalTimeout,
            Clock clock) {
        this.saleScripts = saleScripts;
        this.persister = persister;
        this.orders = orders;
        this.products = products;
        this.recoveries = recoveries;
        this.staleRefusalGuard = new StaleRefusalGuard(vertx, products::epochs, orders::findAll, refusalTimeout, clock);
        this.clock = clock;
    }

    /** Buys; never fails, because an outage is an outcome, too. */
    public Future<PurchaseOutcome> buy(PurchaseCommand command) {
        if (isCached(unknownUntil, command.productId())) {
            return completed(new PurchaseOutcome.UnknownProduct());
        }
        if (isCached(recoveryRequestedUntil, command.productId())) {
            return completed(new PurchaseOutcome.Unavailable());
        }
        return saleScripts
                .purchase(command)
                .compose(result -> apply(command, result))
                .recover(failure -> Future.succeededFuture(unavailable(command, failure)));
    }

    /** Closes the connection to Redis. No purchases are possible afterwards. */
    Future<Void> close() {
        return saleScripts.redis().close();
    }

    private Future<PurchaseOutcome> apply(PurchaseCommand command, ReservationResult result) {
        if (result instanceof ReservationResult.Reserved reserved) {
            return persister.persist(reserved.order(), false);
        }
        if (result instanceof ReservationResult.Replayed replayed) {
            return replay(replayed.order(), replayed.inOutbox());
        }
        if (result instanceof ReservationResult.Refused refused) {
            return staleRefusalGuard.verify(command, refused.epoch(), refused.outcome());
        }
        return reject(command, (ReservationResult.Rejected) result);
    }

    private Future<PurchaseOutcome> reject(PurchaseCommand command, ReservationResult.Rejected rejected) {
        return switch (rejected) {
            case UNCERTIFIED -> uncertified(command);
            case KEY_REUSED -> completed(new PurchaseOutcome.KeyReused());
            // The keys of a deleted product are removed one by one: only MongoDB reliably has its orders.
            case GONE -> retryAfterDeletion(command);
            case OUTBOX_FULL -> completed(new PurchaseOutcome.Unavailable());
        };
    }

    /** Confirms a replay in MongoDB: an order in the outbox is persisted again, any other order is read. */
    private Future<PurchaseOutcome> replay(Order order, boolean inOutbox) {
        if (inOutbox) {
            return persister.persist(order, true);
        }
        return orders.find(order.id())
                .compose(found -> found.isPresent() && found.get().status() != OrderStatus.FAILED
                        ? completed(new PurchaseOutcome.Placed(found.get(), true))
                        : persister.persist(order, true))
                .otherwise(failure -> new PurchaseOutcome.Reserved(order, true));
    }

    /** Handles an uncertified sale: its product is unknown or deleted, or the sale must be recovered first. */
    private Future<PurchaseOutcome> uncertified(PurchaseCommand command) {
        String productId = command.productId();
        return products.find(productId).compose(found -> {
            if (found.isEmpty()) {
                unknownUntil.put(productId, clock.instant().plus(UNKNOWN_TTL));
                return completed(new PurchaseOutcome.UnknownProduct());
            }
            if (found.filter(Product::deleted).isPresent()) {
                return retryAfterDeletion(command);
            }
            recoveryRequestedUntil.put(productId, clock.instant().plus(RECOVERY_REQUEST_TTL));
            recoveries.request(productId);
            return completed(new PurchaseOutcome.Unavailable());
        });
    }

    private boolean isCached(Map<String, Instant> until, String productId) {
        Instant end = until.get(productId);
        return end != null && clock.instant().isBefore(end);
    }

    private Future<PurchaseOutcome> retryAfterDeletion(PurchaseCommand command) {
        return orders.find(command.orderId()).map(found -> {
            Optional<Order> placed = found.filter(order -> order.status() != OrderStatus.FAILED);
            if (placed.isEmpty()) {
                return new PurchaseOutcome.UnknownProduct();
            }
            return placed.get().quantity() == command.quantity()
                    ? new PurchaseOutcome.Placed(placed.get(), true)
                    : new PurchaseOutcome.KeyReused();
        });
    }

    private static PurchaseOutcome unavailable(PurchaseCommand command, Throwable failure) {
        if (!(failure instanceof RedisUnavailableException || failure instanceof StoreUnavailableException)) {
            LOG.atError()
                    .addKeyValue("productId", command.productId())
                    .addKeyValue("reason", failure.getMessage())
                    .log("purchase failed unexpectedly");
        }
        return new PurchaseOutcome.Unavailable();
    }

    private static Future<PurchaseOutcome> completed(PurchaseOutcome outcome) {
        return Future.succeededFuture(outcome);
    }
}
