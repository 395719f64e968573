package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.PurchaseOutcome.Kind;
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
 * Looks a second time before a buyer is refused: a refusal is only as good as the copy of the data that spoke.
 *
 * <p>A master that was replaced and does not know it yet would refuse a winner's retry, since it never saw the order. But
 * whoever made that order had raised the epoch in MongoDB before: so a refusal stands only if its epoch is still the one
 * there. That costs one small read for all the refusals that come while the read before is under way. Of a sale that was
 * ever recovered the order itself is looked up too: another node may have written orders of an earlier epoch since, however
 * late it was, and a cancelled one is never adopted.
 *
 * <p>Without MongoDB, or with one that takes too long, a refusal is believed: the contract excepts its loss. Belongs to one
 * event loop.
 */
final class StaleRefusalGuard {
    private static final int MAX_WAITING = 20_000;

    /** The epoch of a sale that was opened and has not been recovered since. */
    private static final long FIRST_EPOCH = 1;

    private static final Duration AWAY_REMEMBERED = Duration.ofSeconds(1);

    private final BatchLoader<String, Long> epochs;
    private final BatchLoader<String, Order> orders;
    private final Vertx vertx;
    private final Duration timeout;
    private final Clock clock;
    private Instant awayUntil = Instant.MIN;

    /**
     * Makes it for the event loop that will call it.
     *
     * @param epochs reads the epochs of products in MongoDB
     * @param orders reads orders in MongoDB
     * @param timeout how long a refusal waits for MongoDB before it is believed
     */
    StaleRefusalGuard(
            Vertx vertx,
            Function<Set<String>, Future<Map<String, Long>>> epochs,
            Function<Set<String>, Future<Map<String, Order>>> orders,
            Duration timeout,
            Clock clock) {
        this.vertx = vertx;
        this.timeout = timeout;
        this.epochs = new BatchLoader<>(epochs, MAX_WAITING);
        this.orders = new BatchLoader<>(orders, MAX_WAITING);
        this.clock = clock;
    }

    /** The refusal, or what is to be told instead. */
    Future<PurchaseOutcome> at(PurchaseCommand command, long epoch, PurchaseOutcome refusal) {
        if (clock.instant().isBefore(awayUntil)) {
            return Future.succeededFuture(refusal);
        }
        // Both at once: together they cost one trip.
        Future<Optional<Order>> order = epoch > FIRST_EPOCH ? look(command) : null;
        return inTime(epochs.ask(command.productId()))
                .map(current -> current.isEmpty() || current.get() != epoch)
                .onFailure(failure -> awayUntil = clock.instant().plus(AWAY_REMEMBERED))
                .compose(stale -> {
                    if (order == null && !stale) {
                        return Future.succeededFuture(refusal);
                    }
                    return (order == null ? look(command) : order)
                            .map(found -> told(command, found, stale, refusal))
                            .otherwise(stale ? PurchaseOutcome.of(Kind.UNAVAILABLE) : refusal);
                })
                .otherwise(refusal);
    }

    private Future<Optional<Order>> look(PurchaseCommand command) {
        return inTime(orders.ask(command.orderId()));
    }

    /** {@link Future#timeout} would fire on another thread: the answers of gathered reads belong to no event loop. */
    private <T> Future<T> inTime(Future<T> read) {
        if (read.isComplete()) {
            return read;
        }
        Promise<T> answer = Promise.promise();
        long timer = vertx.setTimer(
                timeout.toMillis(),
                late -> answer.tryFail(new StoreUnavailableException("a second look took too long")));
        read.onComplete(done -> {
            if (vertx.cancelTimer(timer)) {
                answer.handle(done);
            }
        });
        return answer.future();
    }

    private static PurchaseOutcome told(
            PurchaseCommand command, Optional<Order> found, boolean stale, PurchaseOutcome refusal) {
        Optional<Order> order = found.filter(each -> each.status() != OrderStatus.FAILED);
        if (order.isPresent()) {
            return order.get().quantity() == command.quantity()
                    ? PurchaseOutcome.placed(order.get(), true)
                    : PurchaseOutcome.of(Kind.KEY_REUSED);
        }
        return stale ? PurchaseOutcome.of(Kind.UNAVAILABLE) : refusal;
    }
}
