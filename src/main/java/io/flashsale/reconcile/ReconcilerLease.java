package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Lets one node at a time make a pass, and numbers the passes: the number is the fence that repairs carry, so that a node
 * which was halted in the middle of its pass does not repair what a later one has seen since.
 *
 * <p>Belongs to the event loop of its link.
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

    /** The number of this node's pass, begun or prolonged; 0 where another node is at it. */
    Future<Long> begin() {
        return redis.run(begin, key, List.of(token, String.valueOf(LEASE.toMillis())))
                .map(reply -> reply.asLong());
    }

    /** Lets others begin. */
    Future<Void> end() {
        return redis.run(end, key, List.of(token)).mapEmpty();
    }
}
