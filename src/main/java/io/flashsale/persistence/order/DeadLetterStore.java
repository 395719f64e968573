package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Page;
import io.flashsale.persistence.KeysetPagination;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Dead letters in MongoDB, by the id of their order: put aside twice is once. */
public final class DeadLetterStore {
    private static final String COLLECTION = "orders_dead";
    private static final String DISCARDED = "discarded";

    private static final int MAX_LOOKED_UP = 10_000;

    private final MongoGateway mongo;
    private final OrderStore orders;

    /** Makes a store beside that of the orders which are no dead letters. */
    public DeadLetterStore(MongoGateway mongo, OrderStore orders) {
        this.mongo = mongo;
        this.orders = orders;
    }

    /** The indexes that make lists and recoveries fast. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureIndex(
                        COLLECTION,
                        "newest_first",
                        new JsonObject().put("at", -1).put("_id", -1))
                .compose(done ->
                        mongo.ensureIndex(COLLECTION, "of_a_product", new JsonObject().put("order.productId", 1)));
    }

    /** Puts a letter aside; one of the same order that is there already, and not discarded, stays as it is. */
    public Future<Void> add(DeadLetter deadLetter) {
        JsonObject document = new JsonObject()
                .put("_id", deadLetter.order().id())
                .put("order", OrderDocuments.toDocument(deadLetter.order()))
                // By its microseconds Redis tells a reservation from every other one of the same request.
                .put(
                        "reservedAtMicros",
                        ChronoUnit.MICROS.between(
                                Instant.EPOCH, deadLetter.order().reservedAt()))
                .put("reason", deadLetter.reason())
                .put("tries", deadLetter.tries())
                .put("at", MongoGateway.date(deadLetter.at()))
                .put(DISCARDED, deadLetter.discarded());
        return mongo.call(client -> client.insertWithOptions(COLLECTION, document, WriteOption.MAJORITY))
                .<Void>mapEmpty()
                .recover(failure -> MongoGateway.isDuplicateKey(failure)
                        ? replaceDiscarded(document)
                        : Future.failedFuture(failure));
    }

    /** The same request was reserved, and refused, once more. */
    private Future<Void> replaceDiscarded(JsonObject document) {
        JsonObject query =
                new JsonObject().put("_id", document.getString("_id")).put(DISCARDED, true);
        return mongo.call(client -> client.replaceDocumentsWithOptions(COLLECTION, query, document, majority()))
                .mapEmpty();
    }

    /** The letter of that order, also one that was discarded. */
    public Future<Optional<DeadLetter>> find(String orderId) {
        return mongo.call(client -> client.findOne(COLLECTION, new JsonObject().put("_id", orderId), null))
                .map(document -> Optional.ofNullable(document).map(DeadLetterStore::toLetter));
    }

    /** The letters that wait for a decision, newest first. */
    public Future<Page<DeadLetter>> list(String cursor, int limit) {
        return KeysetPagination.page(mongo, COLLECTION, undecided(), "at", cursor, limit, DeadLetterStore::toLetter);
    }

    /**
     * The undecided letters of a product: their units are not for sale. One whose order MongoDB holds after all, by a retry
     * of its buyer, counts no more: the order does.
     */
    public Future<List<DeadLetter>> ofProduct(String productId) {
        JsonObject query = undecided().put("order.productId", productId);
        return mongo.call(client -> client.find(COLLECTION, query)).compose(found -> {
            List<DeadLetter> deadLetters =
                    found.stream().map(DeadLetterStore::toLetter).toList();
            return held(deadLetters.stream()
                            .map(deadLetter -> deadLetter.order().id())
                            .collect(Collectors.toSet()))
                    .map(held -> deadLetters.stream()
                            .filter(deadLetter ->
                                    !held.contains(deadLetter.order().id()))
                            .toList());
        });
    }

    /** The orders of undecided letters that MongoDB holds after all. */
    public Future<Set<String>> settled() {
        FindOptions onlyIds =
                new FindOptions().setFields(new JsonObject().put("_id", 1)).setLimit(MAX_LOOKED_UP);
        return mongo.call(client -> client.findWithOptions(COLLECTION, undecided(), onlyIds))
                .compose(found -> held(found.stream()
                        .map(document -> document.getString("_id"))
                        .collect(Collectors.toSet())));
    }

    private Future<Set<String>> held(Set<String> orderIds) {
        if (orderIds.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        return orders.findAll(orderIds)
                .map(found -> found.values().stream()
                        .filter(order -> order.status() != OrderStatus.FAILED)
                        .map(Order::id)
                        .collect(Collectors.toSet()));
    }

    /**
     * Ends a letter. What is left tells its buyer, since MongoDB may refuse a record among the orders as it refused the
     * order.
     */
    public Future<Void> discard(String orderId, Instant at) {
        JsonObject query = undecided().put("_id", orderId);
        JsonObject update = new JsonObject()
                .put("$set", new JsonObject().put(DISCARDED, true).put("at", MongoGateway.date(at)));
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, majority()))
                .mapEmpty();
    }

    private static JsonObject undecided() {
        return new JsonObject().put(DISCARDED, false);
    }

    private static UpdateOptions majority() {
        return new UpdateOptions().setWriteOption(WriteOption.MAJORITY);
    }

    /** How many wait for a decision. */
    public Future<Long> count() {
        return mongo.call(client -> client.count(COLLECTION, undecided()));
    }

    /** Takes a letter away. */
    public Future<Void> remove(String orderId) {
        return mongo.call(client -> client.removeDocumentWithOptions(
                        COLLECTION, new JsonObject().put("_id", orderId), WriteOption.MAJORITY))
                .mapEmpty();
    }

    private static DeadLetter toLetter(JsonObject document) {
        Instant reservedAt = Instant.EPOCH.plus(document.getLong("reservedAtMicros"), ChronoUnit.MICROS);
        return new DeadLetter(
                OrderDocuments.toOrder(document.getJsonObject("order"), reservedAt),
                document.getString("reason"),
                document.getInteger("tries"),
                MongoGateway.instant(document, "at"),
                document.getBoolean(DISCARDED));
    }
}
