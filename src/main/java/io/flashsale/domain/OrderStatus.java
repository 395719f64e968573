package io.flashsale.domain;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lists the states of an order and the transitions between them. Only this class defines the transitions; the stores
 * apply each one as a compare-and-set on the expected status.
 */
public enum OrderStatus {
    /** Reserved in Redis, not yet persisted in MongoDB. The buyer has no confirmation yet. */
    RESERVED,
    /** Persisted in MongoDB and confirmed to the buyer. */
    PLACED,
    /** Cancelled by the buyer; the units are for sale again. */
    CANCELLED,
    /** Reserved, then lost before it was persisted. The same key may still succeed later. */
    FAILED;

    private static final Map<OrderStatus, Set<OrderStatus>> NEXT = Map.of(
            RESERVED, EnumSet.of(PLACED, FAILED),
            PLACED, EnumSet.of(CANCELLED),
            CANCELLED, EnumSet.noneOf(OrderStatus.class),
            FAILED, EnumSet.of(PLACED));

    /** Returns whether an order may change from this status to {@code next}. */
    public boolean canBecome(OrderStatus next) {
        return NEXT.get(this).contains(next);
    }

    /** Returns whether an order in this status holds its units and slots. */
    public boolean holdsUnits() {
        return this == RESERVED || this == PLACED;
    }

    /** Returns the name in the API and in MongoDB. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses a wire name.
     *
     * @throws IllegalArgumentException if there is no such status
     */
    public static OrderStatus ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
