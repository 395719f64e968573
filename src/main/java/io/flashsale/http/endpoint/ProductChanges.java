package io.flashsale.http.endpoint;

import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.message.JsonResponses;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Computes which fields an edit changed, for the audit log. */
final class ProductChanges {
    private static final int MAX_TEXT = 200;

    private ProductChanges() {}

    /** Returns the changed fields, each with both values; long strings are truncated. */
    static JsonObject between(Product before, Product after) {
        Map<String, Object> old = fields(before.details());
        JsonObject changed = new JsonObject();
        fields(after.details()).forEach((name, value) -> {
            if (!Objects.equals(old.get(name), value)) {
                changed.put(
                        name,
                        new JsonObject().put("from", truncated(old.get(name))).put("to", truncated(value)));
            }
        });
        return changed;
    }

    private static Map<String, Object> fields(ProductDetails details) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", details.name());
        fields.put("description", details.description());
        fields.put("type", details.type());
        fields.put("price", details.price());
        fields.put("currency", details.currency());
        fields.put("stock", details.stock());
        fields.put("perUserLimit", details.perUserLimit());
        fields.put("opensAt", JsonResponses.time(details.opensAt()));
        fields.put("closesAt", JsonResponses.time(details.closesAt()));
        fields.put("paused", details.paused());
        fields.put("cacheTtlSeconds", details.cacheTtlSeconds());
        return fields;
    }

    private static Object truncated(Object value) {
        return value instanceof String text && text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : value;
    }
}
