package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Verifies a refusal in MongoDB before the buyer gets it, because it may be based on stale data in Redis.
 *
 * <p>A Redis master that was replaced without noticing would refuse a winner's retry, because it does not have the
 * order. Before that order was reserved on another master, a recovery raised the epoch in MongoDB. So a refusal is
 * valid only if its epoch is still current in MongoDB. One small read verifies all refusals that arrive while the
 * previous read is under way. If the sale was ever recovered, the order is looked up, too: another node may have
 * persisted orders of an earlier epoch late, and cancelled orders are never adopted into Redis.
 *
 * <p>If MongoDB is unavailable or too slow, the refusal counts as valid; the API contract permits this. Belongs to one
 * event loop.
 */
final class StaleRefusalGuard {
    private static final int MAX_PENDING = 20_000;

    /** Epoch of a sale that was opened and never recovered. */
    private static final long FIRST_EPOCH = 1;

    private static final Duration UNAVAILABLE_TTL = Duration.ofSeconds(1);

    private final BatchLoader<String, Long> epochs;
    private final BatchLoader<String, Order> orders;
    private final Vertx vertx;
    private final Duration timeout;
    private final Clock clock;
    private Instant unavailableUntil = Instant.MIN;

    /**
     * Creates a guard for the calling event loop.
     *
     * @param epochs reads the epochs of products from MongoDB
     * @param orders reads orders from MongoDB
     * @param timeout how long a refusal waits for MongoDB before it counts as valid
     */
    StaleRefusalGuard(
            Vertx vertx,
            Function<Set<String>, Future<Map<String, Long>>> epochs,
            Function<Set<String>, Future<Map<String, Order>>> orders,
            Duration timeout,
            Clock clock) {
        this.vertx = vertx;
        this.timeout = timeout;
        this.epochs = new BatchLoader<>(epochs, MAX_PENDING);
        this.orders = new BatchLoader<>(orders, MAX_PENDING);
        this.clock = clock;
    }

    /** Returns the refusal if it is valid, or the correct outcome otherwise. */
    Future<PurchaseOutcome> verify(PurchaseCommand command, long epoch, PurchaseOutcome refusal) {
        if (clock.instant().isBefore(unavailableUntil)) {
            return Future.succeededFuture(refusal);
        }
        // Both reads run concurrently and take one round trip.
        Future<Optional<Order>> order = epoch > FIRST_EPOCH ? findOrder(command) : null;
        return withTimeout(epochs.load(command.productId()))
                .map(current -> current.isEmpty() || current.get() != epoch)
                .onFailure(failure -> unavailableUntil = clock.instant().plus(UNAVAILABLE_TTL))
                .compose(stale -> {
                    if (order == null && !stale) {
                        return Future.succeededFuture(refusal);
                    }
                    return (order == null ? findOrder(command) : order)
                            .map(found -> corrected(command, found, stale, refusal))
                            .otherwise(stale ? new PurchaseOutcome.Unavailable() : refusal);
                })
                .otherwise(refusal);
    }

    private Future<Optional<Order>> findOrder(PurchaseCommand command) {
        return withTimeout(orders.load(command.orderId()));
    }

    /** Replaces {@link Future#timeout}, which would fire on another thread: batched reads have no event loop. */
    private <T> Future<T> withTimeout(Future<T> read) {
        if (read.isComplete()) {
            return read;
        }
        Promise<T> answer = Promise.promise();
        long timer = vertx.setTimer(
                timeout.toMillis(),
                fired -> answer.tryFail(new StoreUnavailableException("verifying a refusal timed out")));
        read.onComplete(done -> {
            if (vertx.cancelTimer(timer)) {
                answer.handle(done);
            }
        });
        return answer.future();
    }

    private static PurchaseOutcome corrected(
            PurchaseCommand command, Optional<Order> found, boolean stale, PurchaseOutcome refusal) {
        Optional<Order> order = found.filter(each -> each.status() != OrderStatus.FAILED);
        if (order.isPresent()) {
            return order.get().quantity() == command.quantity()
                    ? new PurchaseOutcome.Placed(order.get(), true)
                    : new PurchaseOutcome.KeyReused();
        }
        return stale ? new PurchaseOutcome.Unavailable() : refusal;
    }
}
