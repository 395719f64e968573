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
 * Something that happened to the stock of a product. Written out once, however many hear it.
 *
 * @param kind what happened
 * @param productId to which
 * @param seq rises with every event of a product, across recoveries too; a snapshot bears that of the event before it
 * @param last whether the product was deleted: nothing more will be heard of it
 * @param json as it is told on a WebSocket
 * @param stream as it is told on a stream of Server-Sent Events; only ever read
 */
record StockEvent(Kind kind, String productId, long seq, boolean last, String json, Buffer stream) {
    /** What can happen. */
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
     * Reads what came over the channel. Anybody who reaches Redis may publish there, so what is not an event is none, and
     * only what clients are to know of an event is handed on.
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
            JsonObject told = begin(kind, productId);
            if (kind == Kind.UPDATED) {
                told.put("remaining", json.getLong("remaining"));
            } else if (kind == Kind.COMPLETED) {
                told.put("quantity", json.getLong("quantity")).put("at", json.getString("at"));
            }
            return Optional.of(of(kind, productId, seq, json.getBoolean("deleted", false), told));
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }

    /** How a product stands now. */
    static StockEvent snapshot(String productId, long remaining, long seq, boolean deleted) {
        return of(
                Kind.UPDATED,
                productId,
                seq,
                deleted,
                begin(Kind.UPDATED, productId).put("remaining", remaining));
    }

    private static JsonObject begin(Kind kind, String productId) {
        return new JsonObject().put("type", kind.type).put("productId", productId);
    }

    private static StockEvent of(Kind kind, String productId, long seq, boolean last, JsonObject told) {
        String json = told.put("seq", seq).encode();
        Buffer stream = Buffer.buffer("event: " + kind.type + "\nid: " + seq + "\ndata: " + json + "\n\n");
        return new StockEvent(kind, productId, seq, last, json, stream);
    }
}
