package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/** Orders as the scripts write them, in the outbox and under an idempotency key. */
public final class ReservationCodec {
    private ReservationCodec() {}

    /** Reads an order from Redis; there it is reserved, whatever MongoDB says of it. */
    public static Order parse(String text) {
        JsonObject json = new JsonObject(text);
        Instant reservedAt = Instant.EPOCH.plus(json.getLong("reservedAtMicros"), ChronoUnit.MICROS);
        return new Order(
                json.getString("id"),
                json.getString("productId"),
                json.getString("userId"),
                json.getString("keyHash"),
                json.getInteger("quantity"),
                json.getLong("unitPrice"),
                json.getString("currency"),
                integers(json.getJsonArray("units")),
                integers(json.getJsonArray("slots")),
                OrderStatus.RESERVED,
                json.getLong("epoch"),
                reservedAt,
                reservedAt);
    }

    /** Writes an order as the purchase script would, in the same order of fields, since the scripts search in it. */
    public static String format(Order order) {
        return "{\"id\":\"" + order.id() + "\",\"productId\":\"" + order.productId() + "\",\"userId\":\""
                + order.userId() + "\",\"keyHash\":\"" + order.keyHash() + "\",\"quantity\":" + order.quantity()
                + ",\"unitPrice\":" + order.unitPrice()
                + ",\"currency\":\"" + order.currency() + "\",\"units\":[" + joined(order.units()) + "],\"slots\":["
                + joined(order.slots()) + "],\"epoch\":" + order.epoch() + ",\"reservedAtMicros\":"
                + micros(order.reservedAt()) + "}";
    }

    /** A time as the scripts take it. */
    public static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** Numbers as the scripts take them. */
    public static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> integers(JsonArray numbers) {
        return numbers.stream().map(number -> ((Number) number).intValue()).toList();
    }
}
