package io.flashsale.faults;

import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.stores.RedisServer;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.support.Polling;
import java.time.Duration;

/** Makes Redis hold a unit for an order that does not exist, as a crash between the stores might. */
final class PhantomHolder {
    /** Id of the order that does not exist. */
    static final String ORDER_ID = "phantom-order";

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

    /** Takes a unit as soon as one is available. */
    void appear() {
        Polling.await("available unit", Duration.ofSeconds(10), Duration.ofMillis(10), () -> {
            Object taken = run(APPEAR, "");
            unit = taken == null ? null : taken.toString();
            return taken != null;
        });
    }

    /** Returns the unit to the sale. */
    void vanish() {
        run(VANISH, unit);
    }

    /** Waits until a buyer holds the unit. */
    void awaitBuyer() {
        for (int i = 0; i < 100; i++) {
            Object holder = redis.send("HGET", "product:holder:" + tag, unit);
            if (holder != null && !holder.equals(ORDER_ID)) {
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
                ORDER_ID,
                argument);
    }
}
