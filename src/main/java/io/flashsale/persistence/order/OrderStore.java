package io.flashsale.persistence.order;

import static io.flashsale.persistence.order.OrderDocuments.BUYER_KEYS;
import static io.flashsale.persistence.order.OrderDocuments.COLLECTION;
import static io.flashsale.persistence.order.OrderDocuments.UNIT_KEYS;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Page;
import io.flashsale.persistence.KeysetPagination;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads orders from MongoDB and performs their later state changes. {@link OrderWriter} does the initial write.
 */
public final class OrderStore implements OrderLookup {
    private static final int MAX_ORDERS_PER_LOOKUP = 10_000;
    private static final int CURSOR_BATCH_SIZE = 200;
    private static final String TIME_FIELD = "reservedAt";

    /**
     * Selects orders of buyers. Stock holds are always left out, because they are stock that is not for sale.
     *
     * @param productId or null for any
     * @param status or null for any
     */
    public record Filter(String productId, OrderStatus status) {
        private JsonObject toQuery() {
            JsonObject query = new JsonObject().put("userId", new JsonObject().put("$ne", Order.STOCK_HOLD_USER));
            if (productId != null) {
                query.put("productId", productId);
            }
            if (status != null) {
                query.put("status", status.wireName());
            }
            return query;
        }
    }

    private final MongoGateway mongo;
    private final Clock clock;

    /** Creates a store. */
    public OrderStore(MongoGateway mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** Creates the two unique indexes that make a double sale impossible, and the indexes that make lists fast. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureUniqueIndex(COLLECTION, "no_unit_twice", new JsonObject().put(UNIT_KEYS, 1), true)
                .compose(done -> mongo.ensureUniqueIndex(
                        COLLECTION, "no_buyer_over_the_limit", new JsonObject().put(BUYER_KEYS, 1), true))
                .compose(done -> mongo.ensureIndex(
                        COLLECTION,
                        "of_a_user",
                        new JsonObject().put("userId", 1).put("reservedAt", -1).put("_id", -1)))
                .compose(done -> mongo.ensureIndex(
                        COLLECTION,
                        "of_a_product",
                        new JsonObject()
                                .put("productId", 1)
                                .put("reservedAt", -1)
                                .put("_id", -1)))
                .compose(
                        done -> mongo.ensureIndex(COLLECTION, "newest_first", KeysetPagination.newestFirst(TIME_FIELD)))
                .compose(done -> mongo.ensureIndex(
                        COLLECTION,
                        "of_a_status",
                        new JsonObject().put("status", 1).put("reservedAt", -1).put("_id", -1)));
    }

    @Override
    public Future<Optional<Order>> find(String orderId) {
        return findOne(new JsonObject().put("_id", orderId));
    }

    /** Finds those of these orders that exist, by id. */
    public Future<Map<String, Order>> findAll(Set<String> orderIds) {
        JsonObject query =
                new JsonObject().put("_id", new JsonObject().put("$in", new JsonArray(List.copyOf(orderIds))));
        return mongo.call(client -> client.find(COLLECTION, query)).map(found -> {
            Map<String, Order> orders = new HashMap<>();
            found.forEach(document -> orders.put(document.getString("_id"), OrderDocuments.toOrder(document)));
            return orders;
        });
    }

    /** Lists a user's orders, newest first. */
    public Future<Page<Order>> list(String userId, String cursor, int limit) {
        JsonObject query = new JsonObject().put("userId", userId);
        return KeysetPagination.page(mongo, COLLECTION, query, TIME_FIELD, cursor, limit, OrderDocuments::toOrder);
    }

    /** Lists buyers' orders, newest first. */
    public Future<Page<Order>> list(Filter filter, String cursor, int limit) {
        return KeysetPagination.page(
                mongo, COLLECTION, filter.toQuery(), TIME_FIELD, cursor, limit, OrderDocuments::toOrder);
    }

    /** Pages through orders that are not in MongoDB, in the same sequence and with the same kind of cursor. */
    public static Page<Order> page(List<Order> orders, String cursor, int limit) {
        Comparator<Order> oldestFirst = Comparator.<Order, Instant>comparing(
                        order -> order.reservedAt().truncatedTo(ChronoUnit.MILLIS))
                .thenComparing(Order::id);
        KeysetPagination.Position from = cursor == null ? null : KeysetPagination.decode(cursor);
        List<Order> rest = orders.stream()
                .filter(order -> from == null || isAfter(order, from))
                .sorted(oldestFirst.reversed())
                .limit(limit + 1L)
                .toList();
        if (rest.size() <= limit) {
            return new Page<>(rest, null);
        }
        Order last = rest.get(limit - 1);
        return new Page<>(rest.subList(0, limit), KeysetPagination.encode(last.reservedAt(), last.id()));
    }

    private static boolean isAfter(Order order, KeysetPagination.Position from) {
        int time = order.reservedAt().truncatedTo(ChronoUnit.MILLIS).compareTo(from.time());
        return time < 0 || (time == 0 && order.id().compareTo(from.id()) < 0);
    }

    /** Opens a cursor over all selected orders, newest first. */
    public OrderCursor rows(Filter filter) {
        FindOptions options = new FindOptions()
                .setSort(KeysetPagination.newestFirst(TIME_FIELD))
                .setBatchSize(CURSOR_BATCH_SIZE);
        return new OrderCursor(
                mongo.stream(client -> client.findBatchWithOptions(COLLECTION, filter.toQuery(), options)));
    }

    /** Returns those of these products for which the user has a live order. */
    public Future<Set<String>> productsHeldBy(String userId, Collection<String> productIds) {
        JsonObject query = new JsonObject()
                .put("userId", userId)
                .put("status", OrderStatus.PLACED.wireName())
                .put("productId", new JsonObject().put("$in", new JsonArray(List.copyOf(productIds))));
        FindOptions options = new FindOptions()
                .setFields(new JsonObject().put("productId", 1))
                .setLimit(MAX_ORDERS_PER_LOOKUP);
        return mongo.call(client -> client.findWithOptions(COLLECTION, query, options))
                .map(found -> {
                    Set<String> held = new HashSet<>();
                    found.forEach(document -> held.add(document.getString("productId")));
                    return held;
                });
    }

    /**
     * Returns every order of a product that matters for its recovery.
     *
     * @param answersSince orders that no longer hold units are left out if they are older than this
     */
    public Future<List<Order>> ofProduct(String productId, Instant answersSince) {
        JsonObject query = new JsonObject()
                .put("productId", productId)
                .put(
                        "$or",
                        new JsonArray()
                                .add(new JsonObject().put("status", OrderStatus.PLACED.wireName()))
                                .add(new JsonObject()
                                        .put("status", OrderStatus.CANCELLED.wireName())
                                        .put(
                                                "reservedAt",
                                                new JsonObject().put("$gte", MongoGateway.date(answersSince)))));
        return mongo.call(client -> client.find(COLLECTION, query))
                .map(found -> found.stream().map(OrderDocuments::toOrder).toList());
    }

    /** Returns the orders of a product that hold units, including stock holds. */
    public Future<List<Order>> liveOf(String productId) {
        JsonObject query = new JsonObject().put("productId", productId).put("status", OrderStatus.PLACED.wireName());
        return mongo.call(client -> client.find(COLLECTION, query))
                .map(found -> found.stream().map(OrderDocuments::toOrder).toList());
    }

    /**
     * Cancels a placed order: sets the status and frees its unit and buyer keys in one step.
     *
     * @return the order afterwards, cancelled by this call or not; empty if it does not exist
     */
    public Future<Optional<Order>> cancel(String orderId) {
        JsonObject query = new JsonObject().put("_id", orderId).put("status", OrderStatus.PLACED.wireName());
        JsonObject update = new JsonObject()
                .put(
                        "$set",
                        new JsonObject()
                                .put("status", OrderStatus.CANCELLED.wireName())
                                .put("updatedAt", MongoGateway.date(clock.instant())))
                .put("$unset", new JsonObject().put(UNIT_KEYS, "").put(BUYER_KEYS, ""));
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, majority()))
                .compose(done -> find(orderId));
    }

    /**
     * Records that an order failed after its reservation, so that a buyer who got "reserved" can see the outcome. The
     * record holds no units, and the same request may still be placed later.
     */
    public Future<Void> recordFailed(Order order) {
        JsonObject document = OrderDocuments.toDocument(order.withStatus(OrderStatus.FAILED, clock.instant()));
        return mongo.call(client -> client.insertWithOptions(COLLECTION, document, WriteOption.MAJORITY))
                .recover(failure ->
                        MongoGateway.isDuplicateKey(failure) ? Future.succeededFuture() : Future.failedFuture(failure))
                .mapEmpty();
    }

    /**
     * Assigns slots to a live order that has none, after its product got a purchase limit.
     *
     * @return false if another order took the slots in the meantime
     */
    public Future<Boolean> assignSlots(Order order, List<Integer> slots) {
        List<String> buyerKeys = order.withSlots(slots).buyerKeys();
        JsonObject query = new JsonObject()
                .put("_id", order.id())
                .put("status", OrderStatus.PLACED.wireName())
                .put(BUYER_KEYS, new JsonObject().put("$exists", false));
        JsonObject update = new JsonObject()
                .put(
                        "$set",
                        new JsonObject().put("slots", new JsonArray(slots)).put(BUYER_KEYS, new JsonArray(buyerKeys)));
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, majority()))
                .map(done -> true)
                .recover(failure -> MongoGateway.isDuplicateKey(failure)
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure));
    }

    /** Replaces the record of a failed order with the order that was placed after all. */
    Future<Boolean> replaceFailed(Order order) {
        JsonObject query = new JsonObject().put("_id", order.id()).put("status", OrderStatus.FAILED.wireName());
        JsonObject document = OrderDocuments.toDocument(order);
        return mongo.call(client -> client.replaceDocumentsWithOptions(COLLECTION, query, document, majority()))
                .map(result -> result.getDocModified() > 0);
    }

    Future<Optional<Order>> holderOf(String indexedField, String key) {
        // One key per query: every server answers an exact match on a single indexed field from the index.
        return findOne(new JsonObject().put(indexedField, key));
    }

    private Future<Optional<Order>> findOne(JsonObject query) {
        return mongo.call(client -> client.findOne(COLLECTION, query, null))
                .map(document -> Optional.ofNullable(document).map(OrderDocuments::toOrder));
    }

    private static UpdateOptions majority() {
        return new UpdateOptions().setWriteOption(WriteOption.MAJORITY);
    }
}
