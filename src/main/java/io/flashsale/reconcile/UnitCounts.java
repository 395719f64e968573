package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.util.List;

/**
 * Holds the counts of a sale in Redis. One script reads them atomically, since separate reads do not add up during
 * sales.
 *
 * @param unitCount the highest unit number that exists
 * @param highWaterMark the highest unit that was ever sold
 * @param stock the stock counter
 * @param returned the number of units that were given back and can be sold again
 * @param waiting the number of orders in the outbox
 */
record UnitCounts(int unitCount, int highWaterMark, long stock, int returned, int waiting) {
    private static final Script COUNT = Script.load("count-4");

    static Future<UnitCounts> read(RedisGateway redis, String productId) {
        return redis.run(
                        COUNT,
                        List.of(
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.orders(productId)),
                        List.of())
                .map(reply -> new UnitCounts(
                        number(reply.at(0).asString()),
                        number(reply.at(1).asString()),
                        number(reply.at(2).asString()),
                        (int) reply.at(3).asLong(),
                        (int) reply.at(4).asLong()));
    }

    private static int number(String text) {
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** Returns the number of units that can be sold, derived from the sets and not from the counter. */
    int sellable() {
        return returned + unitCount - highWaterMark;
    }

    /** Returns the number of units by which the counter is wrong. */
    int counterError() {
        return (int) Math.abs(sellable() - stock);
    }
}
