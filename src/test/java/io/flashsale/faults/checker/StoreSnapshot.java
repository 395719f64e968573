package io.flashsale.faults.checker;

import io.flashsale.faults.stores.RawRedis;
import io.flashsale.faults.stores.Stores;
import io.flashsale.server.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Holds the state of one product in both stores, read without the program.
 *
 * @param productId of the product
 * @param onSale stock as reported to the admin
 * @param unitCount number of units that exist
 * @param limit units per user; 0 for none
 * @param orders in MongoDB, of every status
 * @param dead dead letters without a decision
 * @param identity of this Redis, as it certifies sales
 * @param stock counter in Redis, or null
 * @param sale hash in Redis
 * @param free returned units, in Redis
 * @param holders order of each unit, in Redis
 * @param outbox ids of the orders that are not in MongoDB yet
 * @param slots order of each buyer's slot, in Redis
 * @param answers order of each buyer and key hash, in Redis
 */
public record StoreSnapshot(
        String productId,
        int onSale,
        int unitCount,
        int limit,
        List<Order> orders,
        List<Order> dead,
        String identity,
        Long stock,
        Map<String, String> sale,
        Set<Integer> free,
        Map<Integer, String> holders,
        Set<String> outbox,
        Map<String, String> slots,
        Map<String, String> answers) {

    /**
     * Holds an order as stored in MongoDB.
     *
     * @param unitKeys values of its unique index on units
     * @param buyerKeys values of its unique index on slots
     */
    public record Order(
            String id,
            String userId,
            String keyHash,
            int quantity,
            long unitPrice,
            String currency,
            String reservedAt,
            List<Integer> units,
            List<Integer> slots,
            List<String> unitKeys,
            List<String> buyerKeys,
            String status) {
        public boolean live() {
            return status.equals("placed");
        }

        boolean isStockHold() {
            return userId.equals("house");
        }

        /** Identifies the request by buyer and key. */
        String request() {
            return userId + ":" + keyHash;
        }
    }

    public static StoreSnapshot read(Vertx vertx, Stores stores, String productId) {
        MongoClient mongo = MongoClient.create(
                vertx,
                new JsonObject().put("connection_string", stores.mongoUri()).put("db_name", stores.database()));
        try (RawRedis redis = new RawRedis(stores.redisPort())) {
            JsonObject product =
                    TestNode.await(mongo.findOne("products", new JsonObject().put("_id", productId), null));
            List<JsonObject> documents =
                    TestNode.await(mongo.find("orders", new JsonObject().put("productId", productId)));
            List<JsonObject> deadLetters = TestNode.await(mongo.find(
                    "orders_dead", new JsonObject().put("discarded", false).put("order.productId", productId)));
            String tag = "{" + productId + "}";
            Object stock = redis.send("GET", "product:stock:" + tag);
            Map<String, String> sale = map(redis.list("HGETALL", "product:sale:" + tag));
            Map<Integer, String> holders = new TreeMap<>();
            map(redis.list("HGETALL", "product:holder:" + tag))
                    .forEach((unit, order) -> holders.put(Integer.valueOf(unit), order));
            Set<Integer> free = new TreeSet<>();
            redis.list("SMEMBERS", "product:free:" + tag).forEach(unit -> free.add(Integer.valueOf(unit)));
            return new StoreSnapshot(
                    productId,
                    product.getInteger("stock"),
                    product.getInteger("highest"),
                    product.getInteger("perUserLimit"),
                    documents.stream().map(StoreSnapshot::order).toList(),
                    deadLetters.stream()
                            .map(deadLetter -> order(deadLetter.getJsonObject("order")))
                            .toList(),
                    identity(redis.send("INFO").toString()),
                    stock == null ? null : Long.valueOf(stock.toString()),
                    sale,
                    free,
                    holders,
                    new HashSet<>(redis.list("HKEYS", "product:orders:" + tag)),
                    slots(redis, tag, sale.get("epoch")),
                    answers(redis, tag, sale.get("epoch")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            TestNode.await(mongo.close());
        }
    }

    private static String identity(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines()
                .map(line -> line.split(":", 2))
                .filter(line -> line.length == 2)
                .forEach(line -> fields.put(line[0], line[1]));
        return fields.get("run_id") + "/" + fields.get("master_replid");
    }

    /** Reads the slots of the current epoch; older ones count as absent. */
    private static Map<String, String> slots(RawRedis redis, String tag, String epoch) throws IOException {
        Map<String, String> slots = new TreeMap<>();
        for (String key : redis.list("KEYS", "product:user:*:product:" + tag)) {
            String user = key.split(":", 4)[2];
            map(redis.list("HGETALL", key)).forEach((slot, entry) -> {
                String[] parts = entry.split(":", 3);
                if (parts[0].equals(epoch)) {
                    slots.put(user + "#" + slot, parts[2]);
                }
            });
        }
        return slots;
    }

    private static Map<String, String> answers(RawRedis redis, String tag, String epoch) throws IOException {
        Map<String, String> answers = new TreeMap<>();
        List<String> keys = redis.list("KEYS", "idempotency:*:" + tag);
        if (keys.isEmpty()) {
            return answers;
        }
        List<String> command = new ArrayList<>(List.of("MGET"));
        command.addAll(keys);
        List<String> values = redis.list(command.toArray(String[]::new));
        for (int i = 0; i < keys.size(); i++) {
            String[] name = keys.get(i).split(":", 4);
            String[] parts =
                    values.get(i) == null ? new String[] {""} : values.get(i).split(":", 3);
            if (parts[0].equals(epoch)) {
                answers.put(name[1] + ":" + name[2], new JsonObject(parts[2]).getString("id"));
            }
        }
        return answers;
    }

    private static Order order(JsonObject document) {
        return new Order(
                document.getString("_id"),
                document.getString("userId"),
                document.getString("keyHash"),
                document.getInteger("quantity"),
                document.getLong("unitPrice"),
                document.getString("currency"),
                document.getJsonObject("reservedAt").getString("$date"),
                integers(document, "units"),
                integers(document, "slots"),
                strings(document, "unitKeys"),
                strings(document, "buyerKeys"),
                document.getString("status"));
    }

    private static List<Integer> integers(JsonObject document, String field) {
        return document.getJsonArray(field).stream()
                .map(number -> ((Number) number).intValue())
                .toList();
    }

    private static List<String> strings(JsonObject document, String field) {
        return document.getJsonArray(field, new JsonArray()).stream()
                .map(Object::toString)
                .toList();
    }

    private static Map<String, String> map(List<String> fields) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            map.put(fields.get(i), fields.get(i + 1));
        }
        return map;
    }

    /** Returns the orders that hold units, by id. */
    Map<String, Order> live() {
        Map<String, Order> live = new HashMap<>();
        orders.stream().filter(Order::live).forEach(order -> live.put(order.id(), order));
        return live;
    }

    /** Returns the orders of buyers that hold units. */
    public List<Order> sold() {
        return orders.stream()
                .filter(order -> order.live() && !order.isStockHold())
                .toList();
    }

    /** Returns all orders whose units must not be sold again. */
    List<Order> holding() {
        return Stream.concat(live().values().stream(), dead.stream()).toList();
    }

    int unitsOnHold() {
        return orders.stream()
                .filter(order -> order.live() && order.isStockHold())
                .mapToInt(Order::quantity)
                .sum();
    }

    /** Returns what is inconsistent after healing; empty if nothing is. */
    public List<String> discrepancies() {
        return new UnitAccounting(this).discrepancies();
    }
}
