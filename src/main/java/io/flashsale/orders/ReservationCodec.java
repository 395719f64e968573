package io.flashsale.orders;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/** Encodes and decodes orders as stored by the scripts in the outbox and under an idempotency key. */
public final class ReservationCodec {
    private ReservationCodec() {}

    /** Decodes an order from Redis. Its status is always RESERVED; only MongoDB has a later one. */
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

    /**
     * Encodes an order exactly as the purchase script does. The scripts search in the text, so the field order matters.
     */
    public static String format(Order order) {
        return "{\"id\":\"" + order.id() + "\",\"productId\":\"" + order.productId() + "\",\"userId\":\""
                + order.userId() + "\",\"keyHash\":\"" + order.keyHash() + "\",\"quantity\":" + order.quantity()
                + ",\"unitPrice\":" + order.unitPrice()
                + ",\"currency\":\"" + order.currency() + "\",\"units\":[" + joined(order.units()) + "],\"slots\":["
                + joined(order.slots()) + "],\"epoch\":" + order.epoch() + ",\"reservedAtMicros\":"
                + micros(order.reservedAt()) + "}";
    }

    /** Converts a time to microseconds since the epoch, as the scripts expect it. */
    public static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** Joins numbers with commas, as the scripts expect them. */
    public static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> integers(JsonArray numbers) {
        return numbers.stream().map(number -> ((Number) number).intValue()).toList();
    }
}
