package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.redis.Reply;
import java.time.Instant;

/** Holds the decoded result of the purchase script. */
sealed interface ReservationResult {
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

    /** Returns the return code of the script. */
    Code code();

    /** Decodes the reply of the script. */
    static ReservationResult decode(Reply reply) {
        return switch (Code.valueOf(reply.at(0).asString())) {
            case RESERVED -> new Reserved(order(reply));
            case REPLAYED -> new Replayed(order(reply), reply.at(2).asLong() == 1);
            case UNCERTIFIED -> Rejected.UNCERTIFIED;
            case KEY_REUSED -> Rejected.KEY_REUSED;
            case GONE -> Rejected.GONE;
            case OUTBOX_FULL -> Rejected.OUTBOX_FULL;
            case LIMIT_REACHED -> new LimitReached(epoch(reply), nullIfEmpty(reply.at(2)));
            case NOT_OPEN -> new NotOpen(epoch(reply), time(reply.at(2)), time(reply.at(3)));
            case SOLD_OUT -> new SoldOut(epoch(reply));
            case INSUFFICIENT -> new Insufficient(epoch(reply), reply.at(2).asLong());
        };
    }

    /** The units are reserved; the order is in the outbox. */
    record Reserved(Order order) implements ReservationResult {
        @Override
        public Code code() {
            return Code.RESERVED;
        }
    }

    /**
     * The key already has an order.
     *
     * @param inOutbox whether the order is still in the outbox
     */
    record Replayed(Order order, boolean inOutbox) implements ReservationResult {
        @Override
        public Code code() {
            return Code.REPLAYED;
        }
    }

    /** Lists the rejections without data. */
    enum Rejected implements ReservationResult {
        /** The data is not certified; the sale must be recovered first. */
        UNCERTIFIED,
        /** The key is bound to another quantity. */
        KEY_REUSED,
        /** The product was deleted. */
        GONE,
        /** Too many orders wait for MongoDB. */
        OUTBOX_FULL;

        @Override
        public Code code() {
            return Code.valueOf(name());
        }
    }

    /** A refusal by the state of the sale, which may be stale. */
    sealed interface Refused extends ReservationResult {
        /** Returns the epoch of the data that the refusal is based on. */
        long epoch();

        /** Returns the outcome for the buyer if the refusal is valid. */
        PurchaseOutcome outcome();
    }

    /**
     * The buyer would exceed the purchase limit.
     *
     * @param latestOrderId the buyer's latest order, or null
     */
    record LimitReached(long epoch, String latestOrderId) implements Refused {
        @Override
        public Code code() {
            return Code.LIMIT_REACHED;
        }

        @Override
        public PurchaseOutcome outcome() {
            return new PurchaseOutcome.LimitReached(latestOrderId);
        }
    }

    /** The sale is not open yet, closed, or paused; either time may be null. */
    record NotOpen(long epoch, Instant opensAt, Instant closesAt) implements Refused {
        @Override
        public Code code() {
            return Code.NOT_OPEN;
        }

        @Override
        public PurchaseOutcome outcome() {
            return new PurchaseOutcome.NotOpen(opensAt, closesAt);
        }
    }

    /** No units are left. */
    record SoldOut(long epoch) implements Refused {
        @Override
        public Code code() {
            return Code.SOLD_OUT;
        }

        @Override
        public PurchaseOutcome outcome() {
            return new PurchaseOutcome.SoldOut();
        }
    }

    /** Fewer units are left than requested. */
    record Insufficient(long epoch, long remaining) implements Refused {
        @Override
        public Code code() {
            return Code.INSUFFICIENT;
        }

        @Override
        public PurchaseOutcome outcome() {
            return new PurchaseOutcome.InsufficientStock(remaining);
        }
    }

    private static Order order(Reply reply) {
        return ReservationCodec.parse(reply.at(1).asString());
    }

    private static long epoch(Reply reply) {
        return reply.at(1).asLong();
    }

    private static String nullIfEmpty(Reply reply) {
        String text = reply.asString();
        return text.isEmpty() ? null : text;
    }

    private static Instant time(Reply reply) {
        String millis = nullIfEmpty(reply);
        return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
