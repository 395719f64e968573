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
        return details(
                body,
                new Draft(
                        null,
                        "",
                        ProductDetails.DEFAULT_TYPE,
                        0,
                        null,
                        0,
                        ProductDetails.DEFAULT_PER_USER_LIMIT,
                        null,
                        null,
                        false,
                        null,
                        null));
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
        ProductDetails now = current.details();
        return details(
                body,
                new Draft(
                        now.name(),
                        now.description(),
                        now.type(),
                        now.price(),
                        now.currency(),
                        now.stock(),
                        now.perUserLimit(),
                        now.opensAt(),
                        now.closesAt(),
                        now.paused(),
                        now.cacheTtlSeconds(),
                        now.effectiveCacheTtlSeconds()));
    }

    /** Holds default or current details, in which required values may be missing. */
    private record Draft(
            String name,
            String description,
            String type,
            long price,
            String currency,
            int stock,
            int perUserLimit,
            Instant opensAt,
            Instant closesAt,
            boolean paused,
            Integer cacheTtlSeconds,
            Integer shownCacheTtlSeconds) {}

    private static ProductDetails details(RequestJson body, Draft base) {
        body.nullable("opensAt", "closesAt", "cacheTtlSeconds");
        String name = or(body.text("name"), base.name());
        String description = or(body.text("description"), base.description());
        String type = or(body.text("type"), base.type());
        Long price = or(body.integer("price"), base.price());
        String currency = or(body.text("currency"), base.currency());
        Integer stock = or(body.smallInteger("stock"), base.stock());
        Integer perUserLimit = or(body.smallInteger("perUserLimit"), base.perUserLimit());
        // Null is a valid value here: it removes the time or the duration.
        Instant opensAt = body.has("opensAt") ? body.time("opensAt") : base.opensAt();
        Instant closesAt = body.has("closesAt") ? body.time("closesAt") : base.closesAt();
        Boolean paused = or(body.bool("paused"), base.paused());
        Integer cacheTtlSeconds =
                body.has("cacheTtlSeconds") ? body.smallInteger("cacheTtlSeconds") : base.cacheTtlSeconds();
        if (Objects.equals(cacheTtlSeconds, base.shownCacheTtlSeconds())) {
            // The client sent back the value that it had read: a default stays a default.
            cacheTtlSeconds = base.cacheTtlSeconds();
        }
        body.check();
        return new ProductDetails(
                name,
                description,
                type,
                price,
                currency,
                stock,
                perUserLimit,
                opensAt,
                closesAt,
                paused,
                cacheTtlSeconds);
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
