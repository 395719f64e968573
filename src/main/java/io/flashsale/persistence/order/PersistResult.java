package io.flashsale.persistence.order;

import io.flashsale.domain.Order;
import java.util.Map;

/**
 * Describes the result of writing an order to MongoDB.
 *
 * @param kind the case
 * @param order the order in MongoDB: for {@link Kind#PLACED}, {@link Kind#ALREADY_PLACED} and {@link Kind#KEY_REUSED}
 *     the one with the same id, for {@link Kind#BUYER_HOLDS} the one that occupies the buyer's slot; otherwise null
 * @param unitHolders for {@link Kind#UNITS_TAKEN}: the order that holds each conflicting unit, by unit number
 * @param reason for {@link Kind#REFUSED}: the error from MongoDB; otherwise null
 */
public record PersistResult(Kind kind, Order order, Map<Integer, Order> unitHolders, String reason) {
    /** Lists the possible results, as the unique indexes determine them. */
    public enum Kind {
        /** This call wrote the order. */
        PLACED,
        /** The request already has its order, possibly with other units. */
        ALREADY_PLACED,
        /** The idempotency key is bound to a request with another quantity. */
        KEY_REUSED,
        /** Another order of the buyer occupies one of these slots; Redis has lost it. */
        BUYER_HOLDS,
        /** Another order holds one of these units; Redis has lost it. */
        UNITS_TAKEN,
        /** MongoDB rejected this order of the batch. It is not written, and may never be. */
        REFUSED,
        /** MongoDB did not reply. The order may or may not be written. */
        UNKNOWN
    }

    /** Creates the map immutable. */
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

    /** Returns the result for a write without a reply from MongoDB. */
    static PersistResult unknown() {
        return of(Kind.UNKNOWN, null);
    }
}
