package io.flashsale.http.message;

import io.flashsale.catalog.ProductView;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.domain.SaleState;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Converts products from and to the JSON of clients. */
public final class ProductJson {
    private static final Set<Object> STATES =
            Arrays.stream(SaleState.values()).map(SaleState::wireName).collect(Collectors.toUnmodifiableSet());

    private ProductJson() {}

    public static JsonObject of(ProductView view, Instant now) {
        Product product = view.product();
        ProductDetails details = product.details();
        return new JsonObject()
                .put("id", product.id())
                .put("name", details.name())
                .put("description", details.description())
                .put("type", details.type())
                .put("price", details.price())
                .put("currency", details.currency())
                .put("stock", details.stock())
                .put("remaining", remaining(view.remaining()))
                .put("perUserLimit", details.perUserLimit())
                .put("opensAt", JsonResponses.time(details.opensAt()))
                .put("closesAt", JsonResponses.time(details.closesAt()))
                .put("paused", details.paused())
                .put("state", stateOf(view, now).wireName())
                .put("cacheTtlSeconds", details.effectiveCacheTtlSeconds())
                .put("version", product.version())
                .put("createdAt", JsonResponses.time(product.createdAt()))
                .put("updatedAt", JsonResponses.time(product.updatedAt()));
    }

    /**
     * Returns the remaining units for clients, never below zero. The counter of a sale is negative if MongoDB was
     * restored from a backup with a lower stock than what has been sold.
     */
    public static Long remaining(Long counted) {
        return counted == null ? null : Math.max(0, counted);
    }

    public static SaleState stateOf(ProductView view, Instant now) {
        return SaleState.of(view.product(), view.remaining(), now);
    }

    /** Reads the details of a new product. */
    public static ProductDetails create(RequestJson body) {
        body.requiredText("name");
        body.requiredInteger("price");
        body.requiredText("currency");
        body.requiredInteger("stock");
        return details(body, ProductDetails.builder(), null);
    }

    /** Reads an edit of a product; omitted fields keep their current value. */
    public static ProductDetails edit(RequestJson body, Product current) {
        body.readOnly("id", current.id());
        body.readOnly("version", current.version());
        body.readOnly("createdAt", JsonResponses.time(current.createdAt()));
        body.readOnly("updatedAt", JsonResponses.time(current.updatedAt()));
        // These change on their own between the read and this write: any value that can have been read is accepted.
        body.readOnly("remaining", value -> value == null || (value instanceof Long left && left >= 0));
        body.readOnly("state", value -> value != null && STATES.contains(value));
        return details(body, current.details().toBuilder(), current.details().effectiveCacheTtlSeconds());
    }

    /** Sets the fields that the request has. */
    private static ProductDetails details(
            RequestJson body, ProductDetails.Builder details, Integer shownCacheTtlSeconds) {
        body.nullable("opensAt", "closesAt", "cacheTtlSeconds");
        ifPresent(body.text("name"), details::name);
        ifPresent(body.text("description"), details::description);
        ifPresent(body.text("type"), details::type);
        ifPresent(body.integer("price"), details::price);
        ifPresent(body.text("currency"), details::currency);
        ifPresent(body.smallInteger("stock"), details::stock);
        ifPresent(body.smallInteger("perUserLimit"), details::perUserLimit);
        ifPresent(body.bool("paused"), details::paused);
        // Null is a valid value here: it removes the time or the duration.
        if (body.has("opensAt")) {
            details.opensAt(body.time("opensAt"));
        }
        if (body.has("closesAt")) {
            details.closesAt(body.time("closesAt"));
        }
        if (body.has("cacheTtlSeconds")) {
            Integer cacheTtlSeconds = body.smallInteger("cacheTtlSeconds");
            // A client that sends back the value that it had read does not turn a default into a value of its own.
            if (!Objects.equals(cacheTtlSeconds, shownCacheTtlSeconds)) {
                details.cacheTtlSeconds(cacheTtlSeconds);
            }
        }
        body.check();
        return details.build();
    }

    private static <T> void ifPresent(T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
