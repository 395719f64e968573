package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.util.List;

/**
 * A sale in Redis, counted in one step: what is read in several never adds up while buyers buy.
 *
 * @param unitCount unit that exists
 * @param highWaterMark highest unit that was ever sold
 * @param stock the counter
 * @param returned units that were given back and wait to be sold again
 * @param waiting orders in the outbox
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

    /** Units that can be sold, by the sets and not by the counter. */
    int sellable() {
        return returned + unitCount - highWaterMark;
    }

    /** By how much the counter is wrong. */
    int counterError() {
        return (int) Math.abs(sellable() - stock);
    }
}
