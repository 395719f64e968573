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

/** Stores dead letters in MongoDB. They are keyed by order id, so adding one twice has no further effect. */
public final class DeadLetterStore {
    private static final String COLLECTION = "orders_dead";
    private static final String DISCARDED = "discarded";

    private static final int MAX_LOOKUPS = 10_000;

    private final MongoGateway mongo;
    private final OrderStore orders;

    /** Creates a store that looks up persisted orders in the given order store. */
    public DeadLetterStore(MongoGateway mongo, OrderStore orders) {
        this.mongo = mongo;
        this.orders = orders;
    }

    /** Creates the indexes that make lists and recoveries fast. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureIndex(
                        COLLECTION,
                        "newest_first",
                        new JsonObject().put("at", -1).put("_id", -1))
                .compose(done ->
                        mongo.ensureIndex(COLLECTION, "of_a_product", new JsonObject().put("order.productId", 1)));
    }

    /** Adds a dead letter. An existing one of the same order stays unchanged, unless it was discarded. */
    public Future<Void> add(DeadLetter deadLetter) {
        JsonObject document = new JsonObject()
                .put("_id", deadLetter.order().id())
                .put("order", OrderDocuments.toDocument(deadLetter.order()))
                // Redis identifies a reservation, among all of the same request, by its time in microseconds.
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

    /** Replaces a discarded dead letter: the same request was reserved and rejected again. */
    private Future<Void> replaceDiscarded(JsonObject document) {
        JsonObject query =
                new JsonObject().put("_id", document.getString("_id")).put(DISCARDED, true);
        return mongo.call(client -> client.replaceDocumentsWithOptions(COLLECTION, query, document, majority()))
                .mapEmpty();
    }

    /** Finds the dead letter of this order, discarded or not. */
    public Future<Optional<DeadLetter>> find(String orderId) {
        return mongo.call(client -> client.findOne(COLLECTION, new JsonObject().put("_id", orderId), null))
                .map(document -> Optional.ofNullable(document).map(DeadLetterStore::toDeadLetter));
    }

    /** Lists the undecided dead letters, newest first. */
    public Future<Page<DeadLetter>> list(String cursor, int limit) {
        return KeysetPagination.page(
                mongo, COLLECTION, undecided(), "at", cursor, limit, DeadLetterStore::toDeadLetter);
    }

    /**
     * Returns the undecided dead letters of a product, whose units are not for sale. A dead letter whose order was
     * persisted after all, by a retry of its buyer, is left out: the order counts instead.
     */
    public Future<List<DeadLetter>> ofProduct(String productId) {
        JsonObject query = undecided().put("order.productId", productId);
        return mongo.call(client -> client.find(COLLECTION, query)).compose(found -> {
            List<DeadLetter> deadLetters =
                    found.stream().map(DeadLetterStore::toDeadLetter).toList();
            return persisted(deadLetters.stream()
                            .map(deadLetter -> deadLetter.order().id())
                            .collect(Collectors.toSet()))
                    .map(persisted -> deadLetters.stream()
                            .filter(deadLetter ->
                                    !persisted.contains(deadLetter.order().id()))
                            .toList());
        });
    }

    /** Returns the ids of undecided dead letters whose orders were persisted after all. */
    public Future<Set<String>> settled() {
        FindOptions onlyIds =
                new FindOptions().setFields(new JsonObject().put("_id", 1)).setLimit(MAX_LOOKUPS);
        return mongo.call(client -> client.findWithOptions(COLLECTION, undecided(), onlyIds))
                .compose(found -> persisted(found.stream()
                        .map(document -> document.getString("_id"))
                        .collect(Collectors.toSet())));
    }

    private Future<Set<String>> persisted(Set<String> orderIds) {
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
     * Discards a dead letter. The document stays, to inform the buyer: MongoDB might reject a record of the failed
     * order just as it rejected the order.
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

    /** Counts the undecided dead letters. */
    public Future<Long> count() {
        return mongo.call(client -> client.count(COLLECTION, undecided()));
    }

    /** Removes a dead letter. */
    public Future<Void> remove(String orderId) {
        return mongo.call(client -> client.removeDocumentWithOptions(
                        COLLECTION, new JsonObject().put("_id", orderId), WriteOption.MAJORITY))
                .mapEmpty();
    }

    private static DeadLetter toDeadLetter(JsonObject document) {
        Instant reservedAt = Instant.EPOCH.plus(document.getLong("reservedAtMicros"), ChronoUnit.MICROS);
        return new DeadLetter(
                OrderDocuments.toOrder(document.getJsonObject("order"), reservedAt),
                document.getString("reason"),
                document.getInteger("tries"),
                MongoGateway.instant(document, "at"),
                document.getBoolean(DISCARDED));
    }
}
