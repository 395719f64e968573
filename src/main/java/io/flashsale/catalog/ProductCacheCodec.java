package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** A product as the cache keeps it. */
final class ProductCacheCodec {
    private ProductCacheCodec() {}

    static String encode(Product product) {
        ProductDetails details = product.details();
        return new JsonObject()
                .put("id", product.id())
                .put("name", details.name())
                .put("description", details.description())
                .put("type", details.type())
                .put("price", details.price())
                .put("currency", details.currency())
                .put("stock", details.stock())
                .put("perUserLimit", details.perUserLimit())
                .put("opensAt", millis(details.opensAt()))
                .put("closesAt", millis(details.closesAt()))
                .put("paused", details.paused())
                .put("cacheTtlSeconds", details.cacheTtlSeconds())
                .put("highest", product.unitCount())
                .put("version", product.version())
                .put("epoch", product.epoch())
                .put("deleted", product.deleted())
                .put("createdAt", millis(product.createdAt()))
                .put("updatedAt", millis(product.updatedAt()))
                .encode();
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @throws RuntimeException of some kind for anything else
     */
    static Product decode(String text) {
        JsonObject json = new JsonObject(text);
        ProductDetails details = new ProductDetails(
                json.getString("name"),
                json.getString("description"),
                json.getString("type"),
                json.getLong("price"),
                json.getString("currency"),
                json.getInteger("stock"),
                json.getInteger("perUserLimit"),
                instant(json, "opensAt"),
                instant(json, "closesAt"),
                json.getBoolean("paused"),
                json.getInteger("cacheTtlSeconds"));
        return new Product(
                json.getString("id"),
                details,
                json.getInteger("highest"),
                json.getLong("version"),
                json.getLong("epoch"),
                json.getBoolean("deleted"),
                instant(json, "createdAt"),
                instant(json, "updatedAt"));
    }

    private static Long millis(Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    private static Instant instant(JsonObject json, String field) {
        Long millis = json.getLong(field);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}
