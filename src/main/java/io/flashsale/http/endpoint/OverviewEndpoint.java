package io.flashsale.http.endpoint;

import io.flashsale.catalog.Catalog;
import io.flashsale.catalog.ProductView;
import io.flashsale.domain.Product;
import io.flashsale.domain.PurchaseOutcome.Kind;
import io.flashsale.domain.SaleState;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.ProductJson;
import io.flashsale.http.problem.ApiError;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.purchase.PurchaseMetrics;
import io.flashsale.purchase.StockLevelReader;
import io.flashsale.purchase.StockLevelReader.StockLevel;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Serves the overview for admins: the counters of this node since its start and the current sales. Values from an
 * unavailable store are null. Belongs to one event loop.
 */
public final class OverviewEndpoint {
    private static final int MAX_PRODUCTS = 100;
    private static final Map<Kind, String> OUTCOMES = outcomes();

    /**
     * Describes this node.
     *
     * @param id the id of the node, a new one after each start
     * @param startedAt when the node was started
     * @param purchases the metrics of purchases
     * @param cacheHits the number of cache hits
     * @param cacheMisses the number of cache misses
     * @param liveClients the number of connected live clients
     * @param health the health of the stores, as on the management port
     */
    public record NodeStatus(
            String id,
            Instant startedAt,
            PurchaseMetrics purchases,
            LongSupplier cacheHits,
            LongSupplier cacheMisses,
            LongSupplier liveClients,
            Supplier<Future<JsonObject>> health) {}

    private final NodeStatus node;
    private final ProductStore products;
    private final Catalog catalog;
    private final StockLevelReader stockLevels;
    private final DeadLetterService deadLetters;
    private final Clock clock;

    /** Creates the endpoint; catalog, stock level reader and dead letter service belong to the same event loop. */
    public OverviewEndpoint(
            NodeStatus node,
            ProductStore products,
            Catalog catalog,
            StockLevelReader stockLevels,
            DeadLetterService deadLetters,
            Clock clock) {
        this.node = node;
        this.products = products;
        this.catalog = catalog;
        this.stockLevels = stockLevels;
        this.deadLetters = deadLetters;
        this.clock = clock;
    }

    public void read(RoutingContext ctx) {
        Future<JsonObject> stores = node.health().get();
        Future<Long> dead = deadLetters.count().otherwise((Long) null);
        Future<List<Product>> newest = newest();
        Future<List<StockLevel>> live = newest.compose(
                all -> stockLevels.of(all.stream().map(Product::id).toList()));
        Future.all(stores, dead, newest, live)
                .onSuccess(all -> JsonResponses.json(
                        ctx, 200, json(stores.result(), dead.result(), newest.result(), live.result())))
                .onFailure(ctx::fail);
    }

    /**
     * Bypasses the cache, whose metrics the polling admin page would distort. Without MongoDB the cache is the
     * fallback.
     */
    private Future<List<Product>> newest() {
        return products.list(null, MAX_PRODUCTS)
                .map(page -> page.items())
                .recover(away -> catalog.list(null, MAX_PRODUCTS)
                        .map(page ->
                                page.items().stream().map(ProductView::product).toList()))
                .otherwise(List.of());
    }

    private JsonObject json(JsonObject stores, Long dead, List<Product> newest, List<StockLevel> live) {
        Instant now = clock.instant();
        JsonArray items = new JsonArray();
        for (int i = 0; i < newest.size(); i++) {
            items.add(json(newest.get(i), live.get(i), now));
        }
        return new JsonObject()
                .put("at", JsonResponses.time(now))
                .put(
                        "node",
                        new JsonObject().put("id", node.id()).put("startedAt", JsonResponses.time(node.startedAt())))
                .put("purchases", purchases())
                .put(
                        "cache",
                        new JsonObject()
                                .put("hits", node.cacheHits().getAsLong())
                                .put("misses", node.cacheMisses().getAsLong()))
                .put("live", new JsonObject().put("clients", node.liveClients().getAsLong()))
                .put("outbox", sum(live))
                .put("deadLetters", dead)
                .put(
                        "stores",
                        new JsonObject()
                                .put("redis", status(stores.getJsonObject("redis")))
                                .put("mongodb", status(stores.getJsonObject("mongodb")))
                                .put("recovering", stores.getJsonArray("recovering")))
                .put("products", items);
    }

    private JsonObject purchases() {
        PurchaseMetrics metrics = node.purchases();
        JsonObject counts = new JsonObject();
        OUTCOMES.forEach((kind, name) -> counts.put(name, metrics.count(kind)));
        return new JsonObject()
                .put("outcomes", counts.put("replayed", metrics.replayed()))
                .put(
                        "latencyMillis",
                        new JsonObject()
                                .put("p50", tenths(metrics.latencyMillis(0.5)))
                                .put("p99", tenths(metrics.latencyMillis(0.99))))
                .put("inFlight", metrics.inFlight());
    }

    private static double tenths(double millis) {
        return Double.isFinite(millis) ? Math.round(millis * 10) / 10.0 : 0;
    }

    /** Returns the sum, or null if one of the values is null, because a partial sum would mislead. */
    private static Long sum(List<StockLevel> live) {
        boolean known = live.stream().map(StockLevel::outbox).allMatch(Objects::nonNull);
        return known ? live.stream().mapToLong(StockLevel::outbox).sum() : null;
    }

    private static JsonObject status(JsonObject store) {
        return new JsonObject().put("status", store.getString("status")).put("since", store.getString("since"));
    }

    private static JsonObject json(Product product, StockLevel live, Instant now) {
        return new JsonObject()
                .put("id", product.id())
                .put("name", product.details().name())
                .put("state", SaleState.of(product, live.remaining(), now).wireName())
                .put("stock", product.details().stock())
                .put("remaining", ProductJson.remaining(live.remaining()))
                .put("outbox", live.outbox())
                .put("paused", product.details().paused())
                .put("opensAt", JsonResponses.time(product.details().opensAt()))
                .put("closesAt", JsonResponses.time(product.details().closesAt()))
                .put("version", product.version());
    }

    /** Maps outcomes to the names that clients see. */
    private static Map<Kind, String> outcomes() {
        Map<Kind, String> names = new EnumMap<>(Kind.class);
        names.put(Kind.PLACED, "placed");
        names.put(Kind.RESERVED, "reserved");
        names.put(Kind.KEY_REUSED, ApiError.IDEMPOTENCY_KEY_REUSED.code());
        names.put(Kind.LIMIT_REACHED, ApiError.PURCHASE_LIMIT_REACHED.code());
        names.put(Kind.NOT_OPEN, ApiError.SALE_NOT_OPEN.code());
        names.put(Kind.SOLD_OUT, ApiError.SOLD_OUT.code());
        names.put(Kind.INSUFFICIENT_STOCK, ApiError.INSUFFICIENT_STOCK.code());
        names.put(Kind.UNKNOWN_PRODUCT, ApiError.NOT_FOUND.code());
        names.put(Kind.OVERLOADED, ApiError.OVERLOADED.code());
        names.put(Kind.UNAVAILABLE, ApiError.UNAVAILABLE.code());
        return names;
    }
}
