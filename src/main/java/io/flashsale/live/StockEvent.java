package io.flashsale.live;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/**
 * Something that happened to the stock of a product.
 *
 * @param type {@code stock:updated}, {@code product:soldout} or {@code purchase:completed}
 * @param productId which
 * @param seq rises with every event of a product, across recoveries too
 * @param json as it is told to clients
 */
record StockEvent(String type, String productId, long seq, String json) {
    private static final Set<String> TYPES = Set.of("stock:updated", "product:soldout", "purchase:completed");

    /** Reads what came over the channel; anybody may publish there, so what is not an event is none. */
    static Optional<StockEvent> parse(String text) {
        try {
            JsonObject json = new JsonObject(text);
            String type = json.getString("type");
            String productId = json.getString("productId");
            Long seq = json.getLong("seq");
            return type != null && TYPES.contains(type) && productId != null && seq != null
                    ? Optional.of(new StockEvent(type, productId, seq, text))
                    : Optional.empty();
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }

    static StockEvent snapshot(String productId, long remaining, long seq) {
        return new StockEvent(
                "stock:updated",
                productId,
                seq,
                "{\"type\":\"stock:updated\",\"productId\":\"" + productId + "\",\"remaining\":" + remaining
                        + ",\"seq\":" + seq + "}");
    }
}
