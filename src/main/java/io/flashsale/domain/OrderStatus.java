package io.flashsale.domain;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The life of an order. This is the one place that knows which step may follow which; the stores apply a step only as a
 * compare-and-set on the status they expect.
 */
public enum OrderStatus {
    /** Decided by Redis, not yet written in MongoDB: no promise yet. */
    RESERVED,
    /** Written in MongoDB: a promise. */
    PLACED,
    /** Given back by its buyer; its units are for sale again. */
    CANCELLED,
    /** Reserved once, then lost before MongoDB had it. The same key may still succeed later. */
    FAILED;

    private static final Map<OrderStatus, Set<OrderStatus>> NEXT = Map.of(
            RESERVED, EnumSet.of(PLACED, FAILED),
            PLACED, EnumSet.of(CANCELLED),
            CANCELLED, EnumSet.noneOf(OrderStatus.class),
            FAILED, EnumSet.of(PLACED));

    /** Whether an order in this status may take {@code next}. */
    public boolean mayBecome(OrderStatus next) {
        return NEXT.get(this).contains(next);
    }

    /** Whether an order in this status keeps its units and its buyer's slots. */
    public boolean holdsUnits() {
        return this == RESERVED || this == PLACED;
    }

    /** The name clients and MongoDB see. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The status of that name.
     *
     * @throws IllegalArgumentException for a name that is none
     */
    public static OrderStatus ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
