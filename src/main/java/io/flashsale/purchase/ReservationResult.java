package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.redis.Reply;
import java.time.Instant;

/**
 * What the purchase script decided.
 *
 * @param code the script's return code
 * @param reply the whole of its answer
 */
record ReservationResult(Code code, Reply reply) {
    /** The return codes of {@code purchase-7.lua}; a test holds the two lists together. */
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

    /** The order, for {@link Code#RESERVED} and {@link Code#REPLAYED}. */
    Order order() {
        return ReservationCodec.parse(reply.at(1).asString());
    }

    /** For {@link Code#REPLAYED}: whether MongoDB has not confirmed the order yet, as far as Redis knows. */
    boolean inOutbox() {
        return reply.at(2).asLong() == 1;
    }

    /** For every refusal that the state of the sale explains: the epoch of the copy that spoke. */
    long epoch() {
        return reply.at(1).asLong();
    }

    /** For {@link Code#LIMIT_REACHED}: the buyer's latest order, or null. */
    String latestOrderId() {
        String id = reply.at(2).asString();
        return id.isEmpty() ? null : id;
    }

    /** For {@link Code#INSUFFICIENT}. */
    long remaining() {
        return reply.at(2).asLong();
    }

    /** For {@link Code#NOT_OPEN}: 2 the opening, 3 the end; null where there is none. */
    Instant time(int index) {
        String millis = reply.at(index).asString();
        return millis.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
