package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.redis.Reply;
import java.time.Instant;

/**
 * Decodes the result of the purchase script.
 *
 * @param code the script's return code
 * @param reply the complete reply
 */
record ReservationResult(Code code, Reply reply) {
    /** Lists the return codes of {@code purchase-7.lua}; a test verifies that the two lists are equal. */
    enum Code {
        RESERVED,
        REPLAYED,
        UNCERTIFIED,
        KEY_REUSED,
        LIMIT_REACHED,
        GONE,
        NOT_OPEN,
        SOLD_OUT,
        INSUFFICIENT,
        OUTBOX_FULL
    }

    static ReservationResult of(Reply reply) {
        return new ReservationResult(Code.valueOf(reply.at(0).asString()), reply);
    }

    /** For {@link Code#RESERVED} and {@link Code#REPLAYED}: returns the order. */
    Order order() {
        return ReservationCodec.parse(reply.at(1).asString());
    }

    /** For {@link Code#REPLAYED}: returns whether the order is still in the outbox. */
    boolean inOutbox() {
        return reply.at(2).asLong() == 1;
    }

    /** For each refusal by the state of the sale: returns the epoch of the data that the refusal is based on. */
    long epoch() {
        return reply.at(1).asLong();
    }

    /** For {@link Code#LIMIT_REACHED}: returns the buyer's latest order, or null. */
    String latestOrderId() {
        String id = reply.at(2).asString();
        return id.isEmpty() ? null : id;
    }

    /** For {@link Code#INSUFFICIENT}: returns the number of units left. */
    long remaining() {
        return reply.at(2).asLong();
    }

    /** For {@link Code#NOT_OPEN}: returns the opening (index 2) or closing time (index 3), or null if there is none. */
    Instant time(int index) {
        String millis = reply.at(index).asString();
        return millis.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
