package io.flashsale.persistence.product;

import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads and writes the fields of a product. MongoDB and the cache share this list; they differ in how they represent times
 * and in where they put the id and the epoch.
 */
public final class ProductFields {
    private final Function<Instant, Object> writeTime;
    private final BiFunction<JsonObject, String, Instant> readTime;

    /**
     * Creates a codec.
     *
     * @param writeTime converts a time to a JSON value
     * @param readTime reads the time in a field; null if the field is missing or null
     */
    public ProductFields(Function<Instant, Object> writeTime, BiFunction<JsonObject, String, Instant> readTime) {
        this.writeTime = writeTime;
        this.readTime = readTime;
    }

    /** Writes all fields except the id and the epoch. */
    public JsonObject write(Product product) {
        ProductDetails details = product.details();
        return new JsonObject()
                .put("name", details.name())
                .put("description", details.description())
                .put("type", details.type())
                .put("price", details.price())
                .put("currency", details.currency())
                .put("stock", details.stock())
                .put("perUserLimit", details.perUserLimit())
                .put("opensAt", time(details.opensAt()))
                .put("closesAt", time(details.closesAt()))
                .put("paused", details.paused())
                .put("cacheTtlSeconds", details.cacheTtlSeconds())
                .put("highest", product.unitCount())
                .put("version", product.version())
                .put("deleted", product.deleted())
                .put("createdAt", time(product.createdAt()))
                .put("updatedAt", time(product.updatedAt()));
    }

    private Object time(Instant time) {
        return time == null ? null : writeTime.apply(time);
    }

    /**
     * Reads a product, including its epoch.
     *
     * @throws RuntimeException if a required field is missing or has another type
     */
    public Product read(String id, JsonObject fields) {
        ProductDetails details = ProductDetails.builder()
                .name(fields.getString("name"))
                .description(fields.getString("description"))
                .type(fields.getString("type"))
                .price(fields.getLong("price"))
                .currency(fields.getString("currency"))
                .stock(fields.getInteger("stock"))
                .perUserLimit(fields.getInteger("perUserLimit"))
                .opensAt(readTime.apply(fields, "opensAt"))
                .closesAt(readTime.apply(fields, "closesAt"))
                .paused(fields.getBoolean("paused"))
                .cacheTtlSeconds(fields.getInteger("cacheTtlSeconds"))
                .build();
        return new Product(
                id,
                details,
                fields.getInteger("highest"),
                fields.getLong("version"),
                fields.getLong("epoch"),
                fields.getBoolean("deleted"),
                readTime.apply(fields, "createdAt"),
                readTime.apply(fields, "updatedAt"));
    }
}
