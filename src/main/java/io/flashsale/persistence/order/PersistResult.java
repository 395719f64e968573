package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import java.util.Map;

/**
 * What became of an order that was to be written.
 *
 * @param kind which of the cases
 * @param order the order that MongoDB holds: for {@link Kind#PLACED} and {@link Kind#ALREADY_PLACED} the request's, for
 *     {@link Kind#BUYER_HOLDS} the one that takes the buyer's slot; else null
 * @param unitHolders for {@link Kind#UNITS_TAKEN}: unit to the order that holds it
 * @param reason for {@link Kind#REFUSED}: what MongoDB said; else null
 */
public record PersistResult(Kind kind, Order order, Map<Integer, Order> unitHolders, String reason) {
    /** The cases, by what the unique indexes said. */
    public enum Kind {
        /** Written by this call. */
        PLACED,
        /** The request has its order already, perhaps with other units. */
        ALREADY_PLACED,
        /** The key is bound to a request of another quantity. */
        KEY_REUSED,
        /** The buyer holds an order in one of these slots: Redis forgot it. */
        BUYER_HOLDS,
        /** Another order holds one of these units: Redis forgot it. */
        UNITS_TAKEN,
        /** MongoDB took the rest of the group and not this one. It is not written; perhaps it never will be. */
        REFUSED,
        /** MongoDB did not say. The order may be written or not. */
        UNKNOWN
    }

    /** Keeps the map from being changed. */
    public PersistResult {
        unitHolders = Map.copyOf(unitHolders);
    }

    static PersistResult of(Kind kind, Order order) {
        return new PersistResult(kind, order, Map.of(), null);
    }

    static PersistResult unitsTaken(Map<Integer, Order> holders) {
        return new PersistResult(Kind.UNITS_TAKEN, null, holders, null);
    }

    static PersistResult refused(String reason) {
        return new PersistResult(Kind.REFUSED, null, Map.of(), reason);
    }

    /** The reply where MongoDB gave none. */
    static PersistResult unknown() {
        return of(Kind.UNKNOWN, null);
    }
}
