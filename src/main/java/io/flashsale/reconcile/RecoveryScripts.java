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
 * The steps of a recovery in Redis. Each is refused once a later recovery has begun.
 *
 * <p>Belongs to the event loop of its link.
 */
final class RecoveryScripts {
    static final Duration LOCK_LEASE = Duration.ofSeconds(5);

    /** A recovery that lost its sale to a later one. */
    static final class SupersededException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SupersededException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * One recovery.
     *
     * @param productId whose sale
     * @param epoch raised for it in MongoDB
     * @param token nobody else has it
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

    /** Whether this node may recover the sale; only a courtesy, the token is what counts. */
    Future<Boolean> lock(String productId, String token) {
        return redis.run(
                        lock,
                        List.of(Keys.recoveryLock(productId)),
                        List.of(token, String.valueOf(LOCK_LEASE.toMillis())))
                .map(reply -> reply.asLong() == 1);
    }

    /** A recovery may take longer than the lease, and one node that takes over from another for ever helps nobody. */
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
     * Closes the sale.
     *
     * @return 0, or the epoch that Redis knows where that is as high already
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
                        claimed(claim))
                .compose(RecoveryScripts::held);
    }

    /**
     * Writes one order back.
     *
     * @param answerUntil until when its answer stays bound to the key, by Redis' clock; in the past: not at all
     */
    Future<Void> restore(Claim claim, Order order, Instant answerUntil) {
        boolean holds = order.status().holdsUnits();
        List<String> arguments = claimed(claim);
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
                .compose(RecoveryScripts::held);
    }

    Future<Void> restoreFree(Claim claim, List<Integer> units) {
        List<String> arguments = claimed(claim);
        units.forEach(unit -> arguments.add(String.valueOf(unit)));
        return redis.run(restoreFree, List.of(Keys.sale(claim.productId()), Keys.free(claim.productId())), arguments)
                .compose(RecoveryScripts::held);
    }

    /** Opens the sale again, vouched for by the server of that identity. */
    Future<Void> finish(Claim claim, String identity, int highWaterMark, Product product) {
        List<String> arguments = claimed(claim);
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
                .compose(RecoveryScripts::held);
    }

    private static List<String> claimed(Claim claim) {
        return new ArrayList<>(List.of(String.valueOf(claim.epoch()), claim.token()));
    }

    private static Future<Void> held(Reply reply) {
        return held(reply.asLong() == 1);
    }

    private static Future<Void> held(boolean stillOurs) {
        return stillOurs
                ? Future.succeededFuture()
                : Future.failedFuture(new SupersededException("another recovery has taken over"));
    }

    private static String joined(List<Integer> numbers) {
        return ReservationCodec.joined(numbers);
    }
}
