package io.flashsale.faults;

import io.flashsale.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One product as both stores have it, read without anything of the program in between.
 *
 * @param productId whose
 * @param onSale put on sale, as the admin was told
 * @param highest unit that exists
 * @param limit units per user; 0 for none
 * @param orders of MongoDB, whatever became of them
 * @param stock the counter in Redis, or null
 * @param sale the hash in Redis
 * @param free units given back, in Redis
 * @param holders unit to order, in Redis
 * @param outbox orders that wait for MongoDB
 */
record Truth(
        String productId,
        int onSale,
        int highest,
        int limit,
        List<Order> orders,
        Long stock,
        Map<String, String> sale,
        List<String> free,
        Map<Integer, String> holders,
        int outbox) {

    /** An order as MongoDB has it. */
    record Order(String id, String userId, int quantity, List<Integer> units, String status) {
        boolean live() {
            return status.equals("placed");
        }

        boolean byTheHouse() {
            return userId.equals("house");
        }
    }

    static Truth read(Vertx vertx, Stores stores, String productId) {
        MongoClient mongo = MongoClient.create(
                vertx,
                new JsonObject().put("connection_string", stores.mongoUri()).put("db_name", stores.database()));
        try (RawRedis redis = new RawRedis(stores.redisPort())) {
            JsonObject product =
                    TestNode.await(mongo.findOne("products", new JsonObject().put("_id", productId), null));
            List<JsonObject> documents =
                    TestNode.await(mongo.find("orders", new JsonObject().put("productId", productId)));
            Object stock = redis.send("GET", "product:stock:{" + productId + "}");
            Map<String, String> sale = map(redis.list("HGETALL", "product:sale:{" + productId + "}"));
            Map<Integer, String> holders = new TreeMap<>();
            map(redis.list("HGETALL", "product:holder:{" + productId + "}"))
                    .forEach((unit, order) -> holders.put(Integer.valueOf(unit), order));
            return new Truth(
                    productId,
                    product.getInteger("stock"),
                    product.getInteger("highest"),
                    product.getInteger("perUserLimit"),
                    documents.stream().map(Truth::order).toList(),
                    stock == null ? null : Long.valueOf(stock.toString()),
                    sale,
                    redis.list("SMEMBERS", "product:free:{" + productId + "}"),
                    holders,
                    Integer.parseInt(redis.send("HLEN", "product:orders:{" + productId + "}")
                            .toString()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            TestNode.await(mongo.close());
        }
    }

    private static Order order(JsonObject document) {
        JsonArray units = document.getJsonArray("units");
        List<Integer> numbers = new ArrayList<>();
        units.forEach(unit -> numbers.add(((Number) unit).intValue()));
        return new Order(
                document.getString("_id"),
                document.getString("userId"),
                document.getInteger("quantity"),
                numbers,
                document.getString("status"));
    }

    private static Map<String, String> map(List<String> fields) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            map.put(fields.get(i), fields.get(i + 1));
        }
        return map;
    }

    /** What is not as it has to be once everything is healed; empty where all is well. */
    List<String> unrest() {
        List<String> unrest = new ArrayList<>();
        if (!sale.containsKey("certifiedBy") || sale.containsKey("recovering")) {
            unrest.add("the sale is closed for recovery: " + sale);
        }
        if (outbox > 0) {
            unrest.add(outbox + " orders in the outbox");
        }
        Map<Integer, String> live = new TreeMap<>();
        orders.stream().filter(Order::live).forEach(order -> order.units().forEach(unit -> live.put(unit, order.id())));
        if (!live.equals(holders)) {
            Map<Integer, String> wrong = new TreeMap<>(holders);
            wrong.entrySet().removeIf(entry -> entry.getValue().equals(live.get(entry.getKey())));
            Map<Integer, String> missing = new TreeMap<>(live);
            missing.keySet().removeAll(holders.keySet());
            unrest.add("Redis names holders " + wrong + " that MongoDB does not, and lacks " + missing);
        }
        int issued = Integer.parseInt(sale.getOrDefault("issued", "0"));
        long sellable = free.size() + (long) highest - issued;
        if (stock == null || stock != sellable) {
            unrest.add("the counter says " + stock + ", the sets " + sellable);
        }
        if (sellable + live.size() != highest) {
            unrest.add(sellable + " sellable + " + live.size() + " held are not " + highest);
        }
        return unrest;
    }
}
