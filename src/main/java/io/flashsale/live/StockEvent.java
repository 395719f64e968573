package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Describes a change of a product's stock. It is serialised once for all clients.
 *
 * @param kind the kind of event
 * @param productId the product
 * @param seq rises with every event of a product, also across recoveries; a snapshot has the seq of the event before it
 * @param deleted whether the product was deleted, so that no more events follow
 * @param json the message on a WebSocket
 * @param sseFrame the frame on a stream of Server-Sent Events; read-only
 */
record StockEvent(Kind kind, String productId, long seq, boolean deleted, String json, Buffer sseFrame) {
    /** The kinds of event, with their names on the wire. */
    enum Kind {
        UPDATED("stock:updated"),
        COMPLETED("purchase:completed"),
        SOLD_OUT("product:soldout");

        private static final Map<String, Kind> BY_TYPE =
                Stream.of(values()).collect(Collectors.toMap(kind -> kind.type, Function.identity()));

        private final String type;

        Kind(String type) {
            this.type = type;
        }
    }

    /**
     * Parses a message of the channel. Any client of Redis may publish there, so malformed messages are ignored, and
     * only the fields meant for clients are forwarded.
     */
    static Optional<StockEvent> parse(String text) {
        try {
            JsonObject json = new JsonObject(text);
            Kind kind = Kind.BY_TYPE.get(json.getString("type", ""));
            String productId = json.getString("productId");
            Long seq = json.getLong("seq");
            if (kind == null || productId == null || seq == null) {
                return Optional.empty();
            }
            JsonObject body = body(kind, productId);
            if (kind == Kind.UPDATED) {
                body.put("remaining", json.getLong("remaining"));
            } else if (kind == Kind.COMPLETED) {
                body.put("quantity", json.getLong("quantity")).put("at", json.getString("at"));
            }
            return Optional.of(of(kind, productId, seq, json.getBoolean("deleted", false), body));
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }

    /** Creates an event for the current state of a product. */
    static StockEvent snapshot(String productId, long remaining, long seq, boolean deleted) {
        return of(
                Kind.UPDATED,
                productId,
                seq,
                deleted,
                body(Kind.UPDATED, productId).put("remaining", remaining));
    }

    private static JsonObject body(Kind kind, String productId) {
        return new JsonObject().put("type", kind.type).put("productId", productId);
    }

    private static StockEvent of(Kind kind, String productId, long seq, boolean deleted, JsonObject body) {
        String json = body.put("seq", seq).encode();
        Buffer sseFrame = Buffer.buffer("event: " + kind.type + "\nid: " + seq + "\ndata: " + json + "\n\n");
        return new StockEvent(kind, productId, seq, deleted, json, sseFrame);
    }
}
