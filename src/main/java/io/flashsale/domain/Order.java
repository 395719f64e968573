package io.flashsale.domain;

import java.time.Instant;
import java.util.List;

/**
 * Units of one product that one buyer, or the house, holds or held.
 *
 * @param id see {@link OrderIds#of}
 * @param productId the product
 * @param userId the buyer, or {@link #STOCK_HOLD_USER}
 * @param keyHash see {@link IdempotencyKey#hash}; by it a recovery binds the key again
 * @param quantity how many units; also the fingerprint of the request under its idempotency key
 * @param unitPrice in minor units of the currency, as it was when the order was reserved
 * @param currency ISO 4217
 * @param units the unit numbers, {@code quantity} of them, from 1
 * @param slots the buyer's numbered slots, one per unit; empty where no limit applies
 * @param status where in its life the order is
 * @param epoch the epoch of the sale in which Redis reserved it
 * @param reservedAt by Redis' clock
 * @param updatedAt when the status was last set
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

    /** The buyer of orders that take units off sale; no account can have this id. */
    public static final String STOCK_HOLD_USER = "house";

    /** Checks that what must agree agrees. */
    public Order {
        units = List.copyOf(units);
        slots = List.copyOf(slots);
        if (units.size() != quantity) {
            throw new IllegalArgumentException("an order of " + quantity + " units names " + units.size());
        }
        if (!slots.isEmpty() && slots.size() != quantity) {
            throw new IllegalArgumentException("an order of " + quantity + " units takes " + slots.size() + " slots");
        }
    }

    /** What the buyer owes, in minor units. */
    public long total() {
        return Math.multiplyExact(unitPrice, (long) quantity);
    }

    /** Whether the house, not a buyer, holds the units. */
    public boolean isStockHold() {
        return STOCK_HOLD_USER.equals(userId);
    }

    /** What MongoDB's unique index compares so that no unit is sold twice. */
    public List<String> unitKeys() {
        return units.stream().map(unit -> unitKey(productId, unit)).toList();
    }

    /** What MongoDB's unique index compares so that nobody buys more than the limit. */
    public List<String> buyerKeys() {
        return slots.stream().map(slot -> productId + "#" + userId + "#" + slot).toList();
    }

    /** The unit's name in MongoDB's unique index. */
    public static String unitKey(String productId, int unit) {
        return productId + "#" + unit;
    }

    /** Whether the other one answers the same request: same order, same quantity. */
    public boolean answersTheSameRequestAs(Order other) {
        return id.equals(other.id) && quantity == other.quantity;
    }

    /** The same order in these slots of its buyer. */
    public Order withSlots(List<Integer> taken) {
        return new Order(
                id,
                productId,
                userId,
                keyHash,
                quantity,
                unitPrice,
                currency,
                units,
                taken,
                status,
                epoch,
                reservedAt,
                updatedAt);
    }

    /** The same order in another status. */
    public Order withStatus(OrderStatus next, Instant at) {
        return new Order(
                id,
                productId,
                userId,
                keyHash,
                quantity,
                unitPrice,
                currency,
                units,
                slots,
                next,
                epoch,
                reservedAt,
                at);
    }
}
