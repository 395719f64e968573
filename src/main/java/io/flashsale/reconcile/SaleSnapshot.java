package io.flashsale.reconcile;

import io.flashsale.domain.Order;
import io.flashsale.persistence.order.DeadLetter;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the state of one sale in both stores. MongoDB is read first: an order that is written after that is still in
 * the outbox when Redis is read.
 *
 * @param epoch the epoch of the sale in Redis
 * @param highWaterMark the highest unit that Redis ever sold
 * @param live the orders in MongoDB that hold units
 * @param holders maps a unit to the id of the order that holds it in Redis
 * @param free the units that were given back
 * @param outbox the ids of the orders that wait for MongoDB
 * @param dead the ids of the orders that MongoDB refuses, which keep their units
 */
record SaleSnapshot(
        String epoch,
        int highWaterMark,
        List<Order> live,
        Map<Integer, String> holders,
        Set<String> free,
        Set<String> outbox,
        Set<String> dead) {

    /**
     * Describes one unit on which the stores disagree.
     *
     * @param unit the number of the unit
     * @param redisHolder the id of the order that holds the unit in Redis, or "" for none
     * @param trueHolder the live order that holds the unit in MongoDB, or null for none: then the unit becomes free
     */
    record Discrepancy(int unit, String redisHolder, Order trueHolder) {}

    static Future<SaleSnapshot> read(
            RedisGateway redis, OrderStore orders, DeadLetterStore deadLetters, String productId) {
        Future<List<Order>> placed = orders.liveOf(productId);
        Future<List<DeadLetter>> refused = deadLetters.ofProduct(productId);
        return Future.all(placed, refused).compose(both -> {
            Set<String> dead = new HashSet<>();
            refused.result().forEach(deadLetter -> dead.add(deadLetter.order().id()));
            Future<Reply> sale = redis.send("HMGET", Keys.sale(productId), "epoch", "issued");
            Future<Reply> holders = redis.send("HGETALL", Keys.holder(productId));
            Future<Reply> free = redis.send("SMEMBERS", Keys.free(productId));
            Future<Reply> outbox = redis.send("HKEYS", Keys.orders(productId));
            return Future.all(sale, holders, free, outbox)
                    .map(all -> new SaleSnapshot(
                            sale.result().at(0).asString(),
                            (int) sale.result().at(1).asLong(),
                            placed.result(),
                            holders(holders.result().asStrings()),
                            Set.copyOf(free.result().asStrings()),
                            Set.copyOf(outbox.result().asStrings()),
                            dead));
        });
    }

    private static Map<Integer, String> holders(List<String> fields) {
        Map<Integer, String> holders = new HashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            holders.put(Integer.valueOf(fields.get(i)), fields.get(i + 1));
        }
        return holders;
    }

    /** Maps each unit to the order that holds it in MongoDB. */
    Map<Integer, Order> taken() {
        Map<Integer, Order> taken = new HashMap<>();
        live.forEach(order -> order.units().forEach(unit -> taken.put(unit, order)));
        return taken;
    }

    /** Returns the number of units that were taken off sale. */
    int unitsOnHold() {
        return live.stream()
                .filter(Order::isStockHold)
                .mapToInt(Order::quantity)
                .sum();
    }

    /** Returns every unit on which the stores disagree, or that is neither held nor free. */
    Set<Discrepancy> discrepancies() {
        Map<Integer, Order> taken = taken();
        Set<Discrepancy> discrepancies = new HashSet<>();
        taken.forEach((unit, order) -> {
            String redisHolder = holders.getOrDefault(unit, "");
            if (!redisHolder.equals(order.id())) {
                discrepancies.add(new Discrepancy(unit, redisHolder, order));
            }
        });
        for (int unit = 1; unit <= highWaterMark; unit++) {
            String redisHolder = holders.getOrDefault(unit, "");
            boolean heldByUnknownOrder =
                    !redisHolder.isEmpty() && !outbox.contains(redisHolder) && !dead.contains(redisHolder);
            boolean missing = redisHolder.isEmpty() && !free.contains(String.valueOf(unit));
            if (!taken.containsKey(unit) && (heldByUnknownOrder || missing)) {
                discrepancies.add(new Discrepancy(unit, redisHolder, null));
            }
        }
        return discrepancies;
    }
}
