package io.flashsale.reconcile;

import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the steps of a recovery in Redis. Each step is refused once a later recovery has begun.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class RecoveryScripts {
    static final Duration LOCK_LEASE = Duration.ofSeconds(5);

    /** Signals that a later recovery has superseded this one. */
    static final class SupersededException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SupersededException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Identifies one recovery of a sale.
     *
     * @param productId the product
     * @param epoch the epoch raised for this recovery in MongoDB
     * @param token unique to this recovery
     */
    record Claim(String productId, long epoch, String token) {}

    private final RedisGateway redis;
    private final Script lock = Script.load("lock-1");
    private final Script unlock = Script.load("unlock-1");
    private final Script prolong = Script.load("prolong-1");
    private final Script begin = Script.load("begin-recovery-2");
    private final Script clear = Script.load("clear-3");
    private final Script restore = Script.load("restore-4");
    private final Script restoreFree = Script.load("restore-free-2");
    private final Script finish = Script.load("finish-recovery-4");

    RecoveryScripts(RedisGateway redis) {
        this.redis = redis;
    }

    /**
     * Acquires the best-effort lock on a recovery and returns whether it succeeded. Safety rests on the epoch and token
     * alone.
     */
    Future<Boolean> lock(String productId, String token) {
        return redis.run(
                        lock,
                        List.of(Keys.recoveryLock(productId)),
                        List.of(token, String.valueOf(LOCK_LEASE.toMillis())))
                .map(reply -> reply.asLong() == 1);
    }

    /** Renews the lock: a recovery may outlast the lease, and nodes must not supersede each other for ever. */
    Future<Void> prolong(String productId, String token) {
        return redis.run(
                        prolong,
                        List.of(Keys.recoveryLock(productId)),
                        List.of(token, String.valueOf(LOCK_LEASE.toMillis())))
                .mapEmpty();
    }

    Future<Void> unlock(String productId, String token) {
        return redis.run(unlock, List.of(Keys.recoveryLock(productId)), List.of(token))
                .mapEmpty();
    }

    /**
     * Begins the recovery, which closes the sale.
     *
     * @return 0, or the epoch in Redis if that is the same or higher
     */
    Future<Long> begin(Claim claim) {
        return redis.run(
                        begin,
                        List.of(Keys.sale(claim.productId()), Keys.orders(claim.productId())),
                        List.of(String.valueOf(claim.epoch()), claim.token()))
                .map(reply -> reply.at(0).asString().equals("BEGUN")
                        ? 0L
                        : Long.parseLong(reply.at(1).asString()));
    }

    Future<Void> clear(Claim claim) {
        return redis.run(
                        clear,
                        List.of(
                                Keys.sale(claim.productId()),
                                Keys.free(claim.productId()),
                                Keys.holder(claim.productId())),
                        claimArguments(claim))
                .compose(RecoveryScripts::requireCurrent);
    }

    /**
     * Writes one order back.
     *
     * @param answerUntil when the answer bound to its idempotency key expires, by the clock of Redis; a time in the
     *     past binds none
     */
    Future<Void> restore(Claim claim, Order order, Instant answerUntil) {
        boolean holds = order.status().holdsUnits();
        List<String> arguments = claimArguments(claim);
        arguments.add(order.id());
        arguments.add(holds ? joined(order.units()) : "");
        arguments.add(holds ? joined(order.slots()) : "");
        arguments.add(String.valueOf(order.reservedAt().toEpochMilli()));
        arguments.add(String.valueOf(order.quantity()));
        arguments.add(ReservationCodec.format(order));
        arguments.add(String.valueOf(answerUntil.toEpochMilli()));
        return redis.run(
                        restore,
                        List.of(
                                Keys.sale(claim.productId()),
                                Keys.holder(claim.productId()),
                                Keys.user(order.userId(), claim.productId()),
                                Keys.idempotency(order.userId(), claim.productId(), order.keyHash())),
                        arguments)
                .compose(RecoveryScripts::requireCurrent);
    }

    Future<Void> restoreFree(Claim claim, List<Integer> units) {
        List<String> arguments = claimArguments(claim);
        units.forEach(unit -> arguments.add(String.valueOf(unit)));
        return redis.run(restoreFree, List.of(Keys.sale(claim.productId()), Keys.free(claim.productId())), arguments)
                .compose(RecoveryScripts::requireCurrent);
    }

    /** Opens the sale again, certified by the given identity of the server. */
    Future<Void> finish(Claim claim, String identity, int highWaterMark, Product product) {
        List<String> arguments = claimArguments(claim);
        arguments.add(identity);
        arguments.add(String.valueOf(highWaterMark));
        arguments.addAll(SaleScripts.settingsOf(product));
        return redis.run(
                        finish,
                        List.of(
                                Keys.sale(claim.productId()),
                                Keys.stock(claim.productId()),
                                Keys.free(claim.productId()),
                                Keys.orders(claim.productId())),
                        arguments)
                .compose(RecoveryScripts::requireCurrent);
    }

    private static List<String> claimArguments(Claim claim) {
        return new ArrayList<>(List.of(String.valueOf(claim.epoch()), claim.token()));
    }

    private static Future<Void> requireCurrent(Reply reply) {
        return requireCurrent(reply.asLong() == 1);
    }

    private static Future<Void> requireCurrent(boolean current) {
        return current
                ? Future.succeededFuture()
                : Future.failedFuture(new SupersededException("superseded by another recovery"));
    }

    private static String joined(List<Integer> numbers) {
        return ReservationCodec.joined(numbers);
    }
}
