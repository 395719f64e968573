package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/** Converts orders to MongoDB documents and back. */
final class OrderDocuments {
    static final String COLLECTION = "orders";
    static final String UNIT_KEYS = "unitKeys";
    static final String BUYER_KEYS = "buyerKeys";

    private OrderDocuments() {}

    static JsonObject toDocument(Order order) {
        JsonObject document = new JsonObject()
                .put("_id", order.id())
                .put("productId", order.productId())
                .put("userId", order.userId())
                .put("keyHash", order.keyHash())
                .put("quantity", order.quantity())
                .put("unitPrice", order.unitPrice())
                .put("currency", order.currency())
                .put("units", new JsonArray(order.units()))
                .put("slots", new JsonArray(order.slots()))
                .put("status", order.status().wireName())
                .put("epoch", order.epoch())
                .put("reservedAt", MongoGateway.date(order.reservedAt()))
                .put("updatedAt", MongoGateway.date(order.updatedAt()));
        if (order.status().holdsUnits()) {
            document.put(UNIT_KEYS, new JsonArray(order.unitKeys()));
            // The index is sparse: an order without a limit has no such field and stays out of the index.
            if (!order.slots().isEmpty()) {
                document.put(BUYER_KEYS, new JsonArray(order.buyerKeys()));
            }
        }
        return document;
    }

    static Order toOrder(JsonObject document) {
        return toOrder(document, MongoGateway.instant(document, "reservedAt"));
    }

    /** Does the same with a reservation time of a finer resolution than MongoDB's milliseconds. */
    static Order toOrder(JsonObject document, Instant reservedAt) {
        return new Order(
                document.getString("_id"),
                document.getString("productId"),
                document.getString("userId"),
                document.getString("keyHash"),
                document.getInteger("quantity"),
                document.getLong("unitPrice"),
                document.getString("currency"),
                integers(document, "units"),
                integers(document, "slots"),
                OrderStatus.ofWireName(document.getString("status")),
                document.getLong("epoch"),
                reservedAt,
                MongoGateway.instant(document, "updatedAt"));
    }

    private static List<Integer> integers(JsonObject document, String field) {
        return document.getJsonArray(field).stream()
                .map(number -> ((Number) number).intValue())
                .toList();
    }
}
