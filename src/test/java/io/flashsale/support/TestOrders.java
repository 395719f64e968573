package io.flashsale.support;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderIds;
import io.flashsale.domain.OrderStatus;
import java.time.Instant;
import java.util.List;

/** Orders for unit tests. */
public final class TestOrders {
    /** Finer than MongoDB's milliseconds, as Redis gives it. */
    public static final Instant RESERVED_AT = Instant.parse("2026-01-01T00:00:00.123456Z");

    /** In which {@link #reserved} orders are. */
    public static final long EPOCH = 3;

    private TestOrders() {}

    /** An order as Redis has reserved it under the key "k". */
    public static Order reserved(String productId, String userId, List<Integer> units, List<Integer> slots) {
        return reserved(productId, userId, "k", units, slots);
    }

    /** An order as Redis has reserved it. */
    public static Order reserved(
            String productId, String userId, String key, List<Integer> units, List<Integer> slots) {
        IdempotencyKey idempotencyKey = new IdempotencyKey(key);
        return new Order(
                OrderIds.of(userId, productId, idempotencyKey),
                productId,
                userId,
                idempotencyKey.hash(),
                units.size(),
                4_999,
                "USD",
                units,
                slots,
                OrderStatus.RESERVED,
                EPOCH,
                RESERVED_AT,
                RESERVED_AT);
    }

    /** The order as MongoDB holds it. */
    public static Order placed(Order reserved) {
        return reserved.withStatus(OrderStatus.PLACED, RESERVED_AT.plusSeconds(1));
    }

    /** The order as MongoDB keeps it after its buyer gave it back. */
    public static Order cancelled(Order order) {
        return order.withStatus(OrderStatus.CANCELLED, RESERVED_AT.plusSeconds(2));
    }

    /** The record of an order that was reserved and then lost. */
    public static Order failed(Order order) {
        return order.withStatus(OrderStatus.FAILED, RESERVED_AT.plusSeconds(3));
    }
}
