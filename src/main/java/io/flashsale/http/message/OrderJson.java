package io.flashsale.http.message;

import io.flashsale.domain.Order;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Writes orders as JSON for clients. */
public final class OrderJson {
    private OrderJson() {}

    /** Writes the response to a purchase; a replay gets exactly the same, whatever the order's current state is. */
    public static JsonObject receipt(Order order) {
        return new JsonObject()
                .put("orderId", order.id())
                .put("productId", order.productId())
                .put("quantity", order.quantity())
                .put("unitPrice", order.unitPrice())
                .put("total", order.total())
                .put("currency", order.currency())
                .put("units", new JsonArray(order.units()))
                .put("reservedAt", JsonResponses.time(order.reservedAt()));
    }

    /** Writes the current state of the order. */
    public static JsonObject of(Order order) {
        return receipt(order)
                .put("status", order.status().wireName())
                .put("updatedAt", JsonResponses.time(order.updatedAt()));
    }

    /** Returns the path at which the order can be read. */
    public static String location(Order order) {
        return "/api/v1/user/orders/" + order.id();
    }
}
