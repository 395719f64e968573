package io.flashsale.faults.checker;

import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;

/**
 * One call of one buyer, as the buyer saw it.
 *
 * @param kind what was asked
 * @param buyer who, by their user id
 * @param node which node was asked, from 0
 * @param productId about which product
 * @param key of the purchase, or the id of the order that is cancelled or read
 * @param quantity units wished; 0 where none are
 * @param invoked when it was sent, in nanoseconds of one clock for all calls
 * @param returned when the answer, or the loss of it, was seen
 * @param status of the answer; 0 where there was none
 * @param replayed whether the answer said that it is a repetition
 * @param body of the answer, or what went wrong
 */
public record Call(
        Kind kind,
        String buyer,
        int node,
        String productId,
        String key,
        int quantity,
        long invoked,
        long returned,
        int status,
        boolean replayed,
        String body) {
    public enum Kind {
        BUY,
        CANCEL,
        READ,
        EDIT
    }

    public enum Outcome {
        /** It was done. */
        OK,
        /** It was refused, and had no effect. */
        FAIL,
        /** It may have been done or not. */
        UNKNOWN
    }

    public static Call of(Call asked, long returned, Answer answer) {
        return new Call(
                asked.kind,
                asked.buyer,
                asked.node,
                asked.productId,
                asked.key,
                asked.quantity,
                asked.invoked,
                returned,
                answer.status(),
                "true".equals(answer.header("idempotency-replayed")),
                answer.body());
    }

    public static Call lost(Call asked, long returned, String reason) {
        return new Call(
                asked.kind,
                asked.buyer,
                asked.node,
                asked.productId,
                asked.key,
                asked.quantity,
                asked.invoked,
                returned,
                0,
                false,
                reason);
    }

    public static Call asked(
            Kind kind, String buyer, int node, String productId, String key, int quantity, long invoked) {
        return new Call(kind, buyer, node, productId, key, quantity, invoked, 0, 0, false, "");
    }

    public Outcome outcome() {
        if (status == 0 || status >= 500) {
            return Outcome.UNKNOWN;
        }
        return status < 400 ? Outcome.OK : Outcome.FAIL;
    }

    /** The promise: MongoDB holds it. */
    public boolean acknowledged() {
        return kind == Kind.BUY && status == 201;
    }

    public boolean bought() {
        return kind == Kind.BUY && (status == 201 || status == 202);
    }

    /** The stable name of the refusal, or "". */
    public String code() {
        return outcome() == Outcome.OK || !body.startsWith("{") ? "" : new JsonObject(body).getString("code", "");
    }

    JsonObject json() {
        return new JsonObject(body);
    }

    public String orderId() {
        return json().getString("orderId");
    }

    /** One request, however often it was sent. */
    public String request() {
        return buyer + " " + productId + " " + key;
    }

    /** As a line of the history's file. */
    String line() {
        return new JsonObject()
                .put("kind", kind)
                .put("buyer", buyer)
                .put("node", node)
                .put("productId", productId)
                .put("key", key)
                .put("quantity", quantity)
                .put("invokedMicros", invoked / 1_000)
                .put("returnedMicros", returned / 1_000)
                .put("outcome", outcome())
                .put("status", status)
                .put("replayed", replayed)
                .put("body", body)
                .encode();
    }
}
