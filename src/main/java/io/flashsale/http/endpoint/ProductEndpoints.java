package io.flashsale.http.endpoint;

import io.flashsale.auth.AuthHandlers;
import io.flashsale.catalog.Catalog;
import io.flashsale.catalog.Change;
import io.flashsale.catalog.ProductEditor;
import io.flashsale.catalog.ProductView;
import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.message.EntityTags;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.PageRequest;
import io.flashsale.http.message.ProductJson;
import io.flashsale.http.message.RequestJson;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.persistence.audit.AuditAction;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves products to buyers and admins. */
public final class ProductEndpoints {
    /** Matches {@code "3"} and the weak tag of a GET, which also begins with the version. */
    private static final Pattern VERSION = Pattern.compile("(?:W/)?\"(\\d{1,18})(?:-[^\"]*)?\"");

    /** A version that no product has, so that an invalid If-Match never changes a product. */
    private static final Long NO_VERSION = -1L;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Catalog catalog;
    private final ProductEditor editor;
    private final AdminAudit audit;
    private final Clock clock;

    public ProductEndpoints(Catalog catalog, ProductEditor editor, AdminAudit audit, Clock clock) {
        this.catalog = catalog;
        this.editor = editor;
        this.audit = audit;
        this.clock = clock;
    }

    public void list(RoutingContext ctx) {
        PageRequest query = PageRequest.of(ctx.queryParams());
        catalog.list(query.cursor(), query.limit())
                .onSuccess(page -> {
                    ctx.response().putHeader("Cache-Control", "no-cache");
                    JsonResponses.json(ctx, 200, json(page, null));
                })
                .onFailure(ctx::fail);
    }

    public void listForUser(RoutingContext ctx) {
        PageRequest query = PageRequest.of(ctx.queryParams());
        catalog.list(query.cursor(), query.limit())
                .compose(page -> catalog.purchasedBy(
                                AuthHandlers.session(ctx).userId(),
                                page.items().stream()
                                        .map(view -> view.product().id())
                                        .toList())
                        .onSuccess(purchased -> JsonResponses.json(ctx, 200, json(page, purchased))))
                .onFailure(ctx::fail);
    }

    public void read(RoutingContext ctx) {
        catalog.find(ctx.pathParam("id")).compose(ProductEndpoints::known).onComplete((view, failure) -> {
            if (failure != null) {
                ctx.fail(failure);
                return;
            }
            Instant now = clock.instant();
            // The tag includes the state, because that changes with time alone.
            String tag = "W/\"" + view.product().version() + "-" + view.remaining() + "-"
                    + ProductJson.stateOf(view, now).wireName() + "\"";
            ctx.response()
                    .putHeader("ETag", tag)
                    .putHeader("Cache-Control", "no-cache")
                    .putHeader("X-Cache", view.cacheHit() ? "hit" : "miss");
            if (EntityTags.matches(ctx.request().getHeader("If-None-Match"), tag)) {
                ctx.response().setStatusCode(304).end();
            } else {
                JsonResponses.json(ctx, 200, ProductJson.of(view, now));
            }
        });
    }

    public void create(RoutingContext ctx) {
        ProductDetails details = ProductJson.create(RequestJson.of(ctx));
        audit.record(ctx, AuditAction.PRODUCT_CREATED, "", catalog.create(details), ProductEndpoints::created)
                .onSuccess(view -> {
                    ctx.response()
                            .putHeader(
                                    "Location",
                                    "/api/v1/product/" + view.product().id());
                    JsonResponses.json(ctx, 201, ProductJson.of(view, clock.instant()));
                })
                .onFailure(ctx::fail);
    }

    public void update(RoutingContext ctx) {
        Long expectedVersion = expectedVersion(ctx.request().getHeader("If-Match"));
        RequestJson body = RequestJson.of(ctx);
        String productId = ctx.pathParam("id");
        AtomicReference<Product> before = new AtomicReference<>();
        Future<Change<ProductView>> updated = editor.update(
                        productId,
                        current -> {
                            // Retries call this again; the last value is the product that was changed.
                            before.set(current);
                            return ProductJson.edit(body, current);
                        },
                        expectedVersion)
                .compose(ProductEndpoints::known);
        audit.record(
                        ctx,
                        AuditAction.PRODUCT_UPDATED,
                        productId,
                        updated,
                        change -> changed(before.get(), change.result().product()))
                .compose(ProductEndpoints::propagated)
                .onSuccess(view -> JsonResponses.json(ctx, 200, ProductJson.of(view, clock.instant())))
                .onFailure(ctx::fail);
    }

    public void delete(RoutingContext ctx) {
        String productId = ctx.pathParam("id");
        audit.record(
                        ctx,
                        AuditAction.PRODUCT_DELETED,
                        productId,
                        catalog.delete(productId),
                        change -> change.result().map(deleted -> note(deleted, new JsonObject())))
                .compose(ProductEndpoints::propagated)
                .onSuccess(tombstone -> {
                    if (tombstone.isPresent()) {
                        JsonResponses.empty(ctx, 204);
                    } else {
                        ctx.fail(unknown());
                    }
                })
                .onFailure(ctx::fail);
    }

    private static Optional<AdminAudit.Note> created(ProductView view) {
        ProductDetails details = view.product().details();
        return Optional.of(note(
                view.product(),
                new JsonObject()
                        .put("name", details.name())
                        .put("price", details.price())
                        .put("currency", details.currency())
                        .put("stock", details.stock())
                        .put("perUserLimit", details.perUserLimit())));
    }

    private static Optional<AdminAudit.Note> changed(Product before, Product after) {
        return after.version() == before.version()
                ? Optional.empty()
                : Optional.of(note(after, new JsonObject().put("changed", ProductChanges.between(before, after))));
    }

    /** Derives the event id from the version, because each version of a product is created once. */
    private static AdminAudit.Note note(Product product, JsonObject details) {
        return AdminAudit.Note.done(
                product.id() + ":v" + product.version(), product.id(), details.put("version", product.version()));
    }

    private JsonObject json(Page<ProductView> page, Set<String> purchased) {
        JsonArray items = new JsonArray();
        for (ProductView view : page.items()) {
            JsonObject item = ProductJson.of(view, clock.instant());
            if (purchased != null) {
                item.put("purchased", purchased.contains(view.product().id()));
            }
            items.add(item);
        }
        return JsonResponses.page(items, page.next());
    }

    /** Fails if the change has not reached Redis: after success, no node may show or sell the old version. */
    private static <T> Future<T> propagated(Change<T> change) {
        return change.propagated()
                ? Future.succeededFuture(change.result())
                : Future.failedFuture(new ApiException(
                                ApiError.UNAVAILABLE,
                                "the change is stored but has not reached Redis: the old version may be shown and sold"
                                        + " for a while; repeat the change without If-Match until it succeeds")
                        .retryAfter(RETRY_AFTER));
    }

    private static <T> Future<T> known(Optional<T> found) {
        return found.isPresent() ? Future.succeededFuture(found.get()) : Future.failedFuture(unknown());
    }

    static ApiException unknown() {
        return new ApiException(ApiError.NOT_FOUND, "there is no such product");
    }

    private static Long expectedVersion(String ifMatch) {
        if (ifMatch == null || ifMatch.trim().equals("*")) {
            return null;
        }
        Matcher version = VERSION.matcher(ifMatch.trim());
        return version.matches() ? Long.valueOf(version.group(1)) : NO_VERSION;
    }
}
