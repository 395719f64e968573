package io.flashsale.faults;

import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.faults.workload.ProductOnSale;

/** A unit that Redis holds for an order that there never was, as a crash between the stores might leave it. */
final class PhantomHolder {
    /** The order's id, as Redis has it. */
    static final String NAME = "ghost-of-no-order";

    private static final String APPEAR = """
            local unit = redis.call('SPOP', KEYS[3])
            if not unit then
              local sale = redis.call('HMGET', KEYS[1], 'highest', 'issued')
              if tonumber(sale[2]) >= tonumber(sale[1]) then
                return false
              end
              unit = tostring(redis.call('HINCRBY', KEYS[1], 'issued', 1))
            end
            redis.call('DECR', KEYS[2])
            redis.call('HSET', KEYS[4], unit, ARGV[1])
            return unit
            """;

    private static final String VANISH = """
            if redis.call('HGET', KEYS[4], ARGV[2]) == ARGV[1] then
              redis.call('HDEL', KEYS[4], ARGV[2])
              redis.call('SADD', KEYS[3], ARGV[2])
              redis.call('INCR', KEYS[2])
            end
            return 1
            """;

    private final RedisServer redis;
    private final String tag;
    private volatile String unit;

    PhantomHolder(RedisServer redis, ProductOnSale product) {
        this.redis = redis;
        this.tag = "{" + product.id() + "}";
    }

    /** Takes a unit, as soon as there is one to take. */
    void appear() {
        for (int i = 0; i < 1_000; i++) {
            Object taken = run(APPEAR, "");
            if (taken != null) {
                unit = taken.toString();
                return;
            }
            Processes.pause(10);
        }
        throw new AssertionError("nobody gave a unit back");
    }

    /** The unit is for sale again. */
    void vanish() {
        run(VANISH, unit);
    }

    /** Waits until somebody has bought the unit. */
    void awaitBuyer() {
        for (int i = 0; i < 100; i++) {
            Object holder = redis.send("HGET", "product:holder:" + tag, unit);
            if (holder != null && !holder.equals(NAME)) {
                return;
            }
            Processes.pause(10);
        }
    }

    private Object run(String script, String argument) {
        return redis.send(
                "EVAL",
                script,
                "4",
                "product:sale:" + tag,
                "product:stock:" + tag,
                "product:free:" + tag,
                "product:holder:" + tag,
                NAME,
                argument);
    }
}
