package io.flashsale.domain;

import java.time.Instant;
import java.util.List;

/**
 * Records the units of one product that a buyer or a stock hold has reserved, bought or returned.
 *
 * @param id see {@link OrderIds#of}
 * @param productId the product
 * @param userId the buyer, or {@link #STOCK_HOLD_USER}
 * @param keyHash see {@link IdempotencyKey#hash}; a recovery uses it to bind the key again
 * @param quantity the number of units; also the fingerprint of the request under its idempotency key
 * @param unitPrice price in minor units of the currency at the time of the reservation
 * @param currency ISO 4217 code
 * @param units the unit numbers, {@code quantity} of them, from 1
 * @param slots the buyer's numbered slots under the purchase limit, one per unit; empty without a limit
 * @param status the current status
 * @param epoch the epoch of the sale at the time of the reservation
 * @param reservedAt time of the reservation by Redis' clock
 * @param updatedAt time of the last status change
 */
public record Order(
        String id,
        String productId,
        String userId,
        String keyHash,
        int quantity,
        long unitPrice,
        String currency,
        List<Integer> units,
        List<Integer> slots,
        OrderStatus status,
        long epoch,
        Instant reservedAt,
        Instant updatedAt) {

    /** The user id of stock holds: orders that take units off sale. No account can have this id. */
    public static final String STOCK_HOLD_USER = "house";

    /** Rejects units or slots that do not match the quantity. */
    public Order {
        units = List.copyOf(units);
        slots = List.copyOf(slots);
        if (units.size() != quantity) {
            throw new IllegalArgumentException("an order of " + quantity + " units lists " + units.size());
        }
        if (!slots.isEmpty() && slots.size() != quantity) {
            throw new IllegalArgumentException("an order of " + quantity + " units has " + slots.size() + " slots");
        }
    }

    /** Returns the total price in minor units. */
    public long total() {
        return Math.multiplyExact(unitPrice, (long) quantity);
    }

    /** Returns whether this order takes units off sale rather than selling them. */
    public boolean isStockHold() {
        return STOCK_HOLD_USER.equals(userId);
    }

    /** Returns the values of MongoDB's unique index that prevents a unit from being sold twice. */
    public List<String> unitKeys() {
        return units.stream().map(unit -> unitKey(productId, unit)).toList();
    }

    /** Returns the values of MongoDB's unique index that enforces the purchase limit. */
    public List<String> buyerKeys() {
        return slots.stream().map(slot -> productId + "#" + userId + "#" + slot).toList();
    }

    /** Returns a unit's value in MongoDB's unique index. */
    public static String unitKey(String productId, int unit) {
        return productId + "#" + unit;
    }

    /** Returns whether the other order answers the same request: it has the same id and quantity. */
    public boolean answersTheSameRequestAs(Order other) {
        return id.equals(other.id) && quantity == other.quantity;
    }

    /** Returns this order with other slots. */
    public Order withSlots(List<Integer> taken) {
        return with(taken, status, updatedAt);
    }

    /** Returns this order in another status. */
    public Order withStatus(OrderStatus next, Instant at) {
        return with(slots, next, at);
    }

    private Order with(List<Integer> newSlots, OrderStatus newStatus, Instant newUpdatedAt) {
        return new Order(
                id,
                productId,
                userId,
                keyHash,
                quantity,
                unitPrice,
                currency,
                units,
                newSlots,
                newStatus,
                epoch,
                reservedAt,
                newUpdatedAt);
    }
}
