package io.flashsale.http.message;

import io.flashsale.domain.Order;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Orders as clients read them. */
public final class OrderJson {
    private OrderJson() {}

    /** What a purchase answers; a retry answers the same to the letter, whatever became of the order. */
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

    /** The order as it stands now. */
    public static JsonObject of(Order order) {
        return receipt(order)
                .put("status", order.status().wireName())
                .put("updatedAt", JsonResponses.time(order.updatedAt()));
    }

    /** Where it is read. */
    public static String location(Order order) {
        return "/api/v1/user/orders/" + order.id();
    }
}
