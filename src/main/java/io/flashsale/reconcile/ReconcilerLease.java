package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Lets one node at a time make a pass, and issues a fencing token for each pass. Repairs carry the token, so that a
 * node that was halted in the middle of its pass cannot repair what a later pass has already repaired.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class ReconcilerLease {
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final RedisGateway redis;
    private final List<String> key;
    private final Script begin = Script.load("begin-pass-1");
    private final Script end = Script.load("end-pass-1");
    private final String token = UUID.randomUUID().toString();

    ReconcilerLease(RedisGateway redis, String catalogue) {
        this.redis = redis;
        this.key = List.of(Keys.reconcilerPass(catalogue));
    }

    /** Acquires or renews the lease; returns this pass's fencing token, or 0 if another node holds the lease. */
    Future<Long> begin() {
        return redis.run(begin, key, List.of(token, String.valueOf(LEASE.toMillis())))
                .map(reply -> reply.asLong());
    }

    /** Releases the lease. */
    Future<Void> end() {
        return redis.run(end, key, List.of(token)).mapEmpty();
    }
}
