package io.flashsale.support;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderIds;
import io.flashsale.domain.OrderStatus;
import java.time.Instant;
import java.util.List;

/** Creates orders for unit tests. */
public final class TestOrders {
    /** A time with microseconds, as Redis returns it; MongoDB stores milliseconds only. */
    public static final Instant RESERVED_AT = Instant.parse("2026-01-01T00:00:00.123456Z");

    /** Epoch of the {@link #reserved} orders. */
    public static final long EPOCH = 3;

    private TestOrders() {}

    /** Creates an order as Redis reserves it under the key "k". */
    public static Order reserved(String productId, String userId, List<Integer> units, List<Integer> slots) {
        return reserved(productId, userId, "k", units, slots);
    }

    /** Creates an order as Redis reserves it. */
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

    /** Returns the order as MongoDB stores it. */
    public static Order placed(Order reserved) {
        return reserved.withStatus(OrderStatus.PLACED, RESERVED_AT.plusSeconds(1));
    }

    /** Returns the order as MongoDB stores it after its cancellation. */
    public static Order cancelled(Order order) {
        return order.withStatus(OrderStatus.CANCELLED, RESERVED_AT.plusSeconds(2));
    }

    /** Returns the order as recorded after its reservation was lost. */
    public static Order failed(Order order) {
        return order.withStatus(OrderStatus.FAILED, RESERVED_AT.plusSeconds(3));
    }
}
