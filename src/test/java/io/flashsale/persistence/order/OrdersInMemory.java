package io.flashsale.persistence.order;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.BulkOperation;
import io.vertx.ext.mongo.BulkWriteOptions;
import io.vertx.ext.mongo.MongoClient;
import io.vertx.ext.mongo.MongoClientBulkWriteResult;
import io.vertx.ext.mongo.MongoClientUpdateResult;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Simulates the collection of orders. Tests set the reply to a bulk insert, and single documents are found by one
 * field, as in MongoDB.
 */
final class OrdersInMemory {
    private final List<JsonObject> documents = new ArrayList<>();
    private final List<JsonObject> inserts = new ArrayList<>();
    private final List<BulkWriteOptions> options = new ArrayList<>();
    private final List<JsonObject> queries = new ArrayList<>();
    private final List<JsonObject> replacements = new ArrayList<>();
    private Future<MongoClientBulkWriteResult> bulkAnswer = Future.succeededFuture();
    private Future<MongoClientUpdateResult> replaceAnswer =
            Future.succeededFuture(new MongoClientUpdateResult(1, null, 1));
    private String unreadable;
    private boolean closed;

    MongoClient client() {
        return (MongoClient) Proxy.newProxyInstance(
                MongoClient.class.getClassLoader(), new Class<?>[] {MongoClient.class}, this::invoke);
    }

    void store(JsonObject document) {
        documents.add(document);
    }

    void answerBulk(Throwable failure) {
        bulkAnswer = Future.failedFuture(failure);
    }

    void answerReplace(Future<MongoClientUpdateResult> answer) {
        replaceAnswer = answer;
    }

    /** Makes queries for this value fail. */
    void makeUnreadable(String value) {
        unreadable = value;
    }

    /** Makes every call throw, as a closed client does. */
    void close() {
        closed = true;
    }

    List<JsonObject> inserts() {
        return inserts;
    }

    List<BulkWriteOptions> options() {
        return options;
    }

    List<JsonObject> queries() {
        return queries;
    }

    List<JsonObject> replacements() {
        return replacements;
    }

    @SuppressWarnings("unchecked")
    private Object invoke(Object proxy, Method method, Object[] arguments) {
        if (closed) {
            throw new IllegalStateException("state should be: open");
        }
        return switch (method.getName()) {
            case "bulkWriteWithOptions" -> {
                ((List<BulkOperation>) arguments[1]).forEach(insert -> inserts.add(insert.getDocument()));
                options.add((BulkWriteOptions) arguments[2]);
                yield bulkAnswer;
            }
            case "findOne" -> find((JsonObject) arguments[1]);
            case "replaceDocumentsWithOptions" -> {
                queries.add((JsonObject) arguments[1]);
                replacements.add((JsonObject) arguments[2]);
                yield replaceAnswer;
            }
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private Future<JsonObject> find(JsonObject query) {
        queries.add(query);
        String field = query.fieldNames().iterator().next();
        String value = query.getString(field);
        if (value.equals(unreadable)) {
            return Future.failedFuture("connection reset");
        }
        return Future.succeededFuture(documents.stream()
                .filter(document -> document.getValue(field) instanceof JsonArray keys
                        ? keys.contains(value)
                        : value.equals(document.getValue(field)))
                .findFirst()
                .orElse(null));
    }
}
