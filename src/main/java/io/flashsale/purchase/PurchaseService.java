package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Product;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.PurchaseOutcome.Kind;
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
 * One purchase after another: the script decides, MongoDB confirms, and every answer of either has its meaning here.
 *
 * <p>Belongs to the event loop of its ledger.
 */
public final class PurchaseService {
    private static final Logger LOG = LoggerFactory.getLogger(PurchaseService.class);

    /** A product that is created while its id is remembered as unknown is found this much later. */
    private static final Duration UNKNOWN_REMEMBERED = Duration.ofSeconds(1);

    /** A rush on a sale that is being recovered must cost neither store a trip. */
    private static final Duration RECOVERY_REMEMBERED = Duration.ofMillis(200);

    private static final int PRODUCTS_REMEMBERED = 10_000;

    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final OrderStore orders;
    private final ProductStore products;
    private final RecoveryClient recoveries;
    private final StaleRefusalGuard staleRefusalGuard;
    private final Clock clock;
    private final Map<String, Instant> unknownUntil = new BoundedMap<>(PRODUCTS_REMEMBERED);
    private final Map<String, Instant> recoveryAskedUntil = new BoundedMap<>(PRODUCTS_REMEMBERED);

    /**
     * Wires the purchase to both stores.
     *
     * @param refusalTimeout how long a refusal waits for MongoDB before it is believed
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

    /** Buys; never fails, an outage is an outcome. */
    public Future<PurchaseOutcome> buy(PurchaseCommand command) {
        if (isRemembered(unknownUntil, command.productId())) {
            return just(PurchaseOutcome.of(Kind.UNKNOWN_PRODUCT));
        }
        if (isRemembered(recoveryAskedUntil, command.productId())) {
            return just(PurchaseOutcome.of(Kind.UNAVAILABLE));
        }
        return saleScripts
                .purchase(command)
                .compose(decision -> follow(command, decision))
                .recover(failure -> Future.succeededFuture(unavailable(command, failure)));
    }

    /** Closes the connection to Redis; nothing may be bought afterwards. */
    Future<Void> close() {
        return saleScripts.redis().close();
    }

    private Future<PurchaseOutcome> follow(PurchaseCommand command, ReservationResult decision) {
        return switch (decision.code()) {
            case RESERVED -> persister.persist(decision.order(), false);
            case REPLAYED -> replay(decision.order(), decision.inOutbox());
            case UNCERTIFIED -> uncertified(command);
            case KEY_REUSED -> just(PurchaseOutcome.of(Kind.KEY_REUSED));
            case LIMIT_REACHED -> refuse(command, decision, PurchaseOutcome.limitReached(decision.latestOrderId()));
            // The keys of a deleted product go one by one: only MongoDB knows for certain who had won.
            case GONE -> retryAfterDeletion(command);
            case NOT_OPEN -> refuse(command, decision, PurchaseOutcome.notOpen(decision.time(2), decision.time(3)));
            case SOLD_OUT -> refuse(command, decision, PurchaseOutcome.of(Kind.SOLD_OUT));
            case INSUFFICIENT -> refuse(command, decision, PurchaseOutcome.insufficientStock(decision.remaining()));
            case OUTBOX_FULL -> just(PurchaseOutcome.of(Kind.UNAVAILABLE));
        };
    }

    private Future<PurchaseOutcome> refuse(
            PurchaseCommand command, ReservationResult decision, PurchaseOutcome refusal) {
        return staleRefusalGuard.at(command, decision.epoch(), refusal);
    }

    /** 201 always means MongoDB: what waits in the outbox goes there again, anything else is read there. */
    private Future<PurchaseOutcome> replay(Order order, boolean inOutbox) {
        if (inOutbox) {
            return persister.persist(order, true);
        }
        return orders.find(order.id())
                .compose(found -> found.isPresent() && found.get().status() != OrderStatus.FAILED
                        ? just(PurchaseOutcome.placed(found.get(), true))
                        : persister.persist(order, true))
                .otherwise(failure -> PurchaseOutcome.reserved(order, true));
    }

    /** Redis cannot vouch for this sale: it is unknown, deleted long ago, or has to be recovered first. */
    private Future<PurchaseOutcome> uncertified(PurchaseCommand command) {
        String productId = command.productId();
        return products.find(productId).compose(found -> {
            if (found.isEmpty()) {
                unknownUntil.put(productId, clock.instant().plus(UNKNOWN_REMEMBERED));
                return just(PurchaseOutcome.of(Kind.UNKNOWN_PRODUCT));
            }
            if (found.filter(Product::deleted).isPresent()) {
                return retryAfterDeletion(command);
            }
            recoveryAskedUntil.put(productId, clock.instant().plus(RECOVERY_REMEMBERED));
            recoveries.request(productId);
            return just(PurchaseOutcome.of(Kind.UNAVAILABLE));
        });
    }

    private boolean isRemembered(Map<String, Instant> until, String productId) {
        Instant end = until.get(productId);
        return end != null && clock.instant().isBefore(end);
    }

    private Future<PurchaseOutcome> retryAfterDeletion(PurchaseCommand command) {
        return orders.find(command.orderId()).map(found -> {
            Optional<Order> placed = found.filter(order -> order.status() != OrderStatus.FAILED);
            if (placed.isEmpty()) {
                return PurchaseOutcome.of(Kind.UNKNOWN_PRODUCT);
            }
            return placed.get().quantity() == command.quantity()
                    ? PurchaseOutcome.placed(placed.get(), true)
                    : PurchaseOutcome.of(Kind.KEY_REUSED);
        });
    }

    private static PurchaseOutcome unavailable(PurchaseCommand command, Throwable failure) {
        if (!(failure instanceof RedisUnavailableException || failure instanceof StoreUnavailableException)) {
            LOG.atError()
                    .addKeyValue("productId", command.productId())
                    .addKeyValue("reason", failure.getMessage())
                    .log("a purchase failed in an unforeseen way");
        }
        return PurchaseOutcome.of(Kind.UNAVAILABLE);
    }

    private static Future<PurchaseOutcome> just(PurchaseOutcome outcome) {
        return Future.succeededFuture(outcome);
    }
}
