package io.flashsale.faults.checker;

import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;

/**
 * Records one call of one buyer, as the buyer saw it.
 *
 * @param kind of the request
 * @param buyer user id of the buyer
 * @param node index of the node that received it, from 0
 * @param productId of the product
 * @param key idempotency key of the purchase, or the id of the order that is cancelled or read
 * @param quantity requested units; 0 if not applicable
 * @param invoked when it was sent, in nanoseconds of one clock for all calls
 * @param returned when the response or its loss was observed, on the same clock
 * @param status of the response; 0 without one
 * @param replayed whether the response was marked as a replay
 * @param body of the response, or the reason why there is none
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
        /** The operation took effect. */
        OK,
        /** The operation was refused, and had no effect. */
        FAIL,
        /** The operation may or may not have taken effect. */
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

    /** Whether the purchase was acknowledged: MongoDB holds the order. */
    public boolean acknowledged() {
        return kind == Kind.BUY && status == 201;
    }

    public boolean bought() {
        return kind == Kind.BUY && (status == 201 || status == 202);
    }

    /** Returns the problem code of the refusal, or "". */
    public String code() {
        return outcome() == Outcome.OK || !body.startsWith("{") ? "" : new JsonObject(body).getString("code", "");
    }

    JsonObject json() {
        return new JsonObject(body);
    }

    public String orderId() {
        return json().getString("orderId");
    }

    /** Identifies the request; all retries have the same value. */
    public String request() {
        return buyer + " " + productId + " " + key;
    }

    /** Formats this call as a line of the history file. */
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
