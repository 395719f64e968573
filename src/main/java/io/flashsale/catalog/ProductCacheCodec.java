package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.persistence.product.ProductFields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** Encodes products as cache entries and decodes them. Times are milliseconds since the epoch. */
final class ProductCacheCodec {
    private static final ProductFields FIELDS = new ProductFields(Instant::toEpochMilli, ProductCacheCodec::instant);

    private ProductCacheCodec() {}

    static String encode(Product product) {
        return FIELDS.write(product)
                .put("id", product.id())
                .put("epoch", product.epoch())
                .encode();
    }

    /**
     * Decodes the result of {@link #encode}.
     *
     * @throws RuntimeException of an unspecified type if the text is malformed
     */
    static Product decode(String text) {
        JsonObject json = new JsonObject(text);
        return FIELDS.read(json.getString("id"), json);
    }

    private static Instant instant(JsonObject json, String field) {
        Long millis = json.getLong(field);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}
