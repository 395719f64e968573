package io.flashsale.http.endpoint;

import io.flashsale.auth.AuthHandlers;
import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Order;
import io.flashsale.domain.ProductIds;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.OrderJson;
import io.flashsale.http.message.RequestJson;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.purchase.PurchaseClient;
import io.flashsale.purchase.PurchaseCommand;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Serves purchases. */
public final class PurchaseEndpoint {
    private static final int MAX_QUANTITY = 10;

    private final PurchaseClient purchases;

    public PurchaseEndpoint(PurchaseClient purchases) {
        this.purchases = purchases;
    }

    public void buy(RoutingContext ctx) {
        IdempotencyKey key = key(ctx.request().headers().getAll("Idempotency-Key"));
        RequestJson body = RequestJson.of(ctx);
        Long requested = body.integer("quantity");
        body.check();
        long quantity = requested == null ? 1 : requested;
        if (quantity < 1 || quantity > MAX_QUANTITY) {
            throw new InvalidFieldsException("quantity", "must be 1 to " + MAX_QUANTITY);
        }
        String productId = ctx.pathParam("productId");
        if (!ProductIds.isWellFormed(productId)) {
            throw ProductEndpoints.unknown();
        }
        purchases
                .buy(new PurchaseCommand(AuthHandlers.session(ctx).userId(), productId, key, (int) quantity))
                .onSuccess(outcome -> respond(ctx, outcome))
                .onFailure(ctx::fail);
    }

    private static IdempotencyKey key(List<String> headers) {
        if (headers.isEmpty()) {
            throw new ApiException(
                    ApiError.IDEMPOTENCY_KEY_MISSING,
                    "send one Idempotency-Key per purchase, the same one in every retry");
        }
        if (headers.size() > 1 || !IdempotencyKey.isValid(headers.get(0))) {
            throw new ApiException(
                    ApiError.IDEMPOTENCY_KEY_INVALID,
                    "Idempotency-Key must be one value of 1 to 255 printable ASCII characters");
        }
        return new IdempotencyKey(headers.get(0));
    }

    private static void respond(RoutingContext ctx, PurchaseOutcome outcome) {
        if (outcome instanceof PurchaseOutcome.Placed placed) {
            receipt(ctx, 201, placed.order(), placed.replayed());
        } else if (outcome instanceof PurchaseOutcome.Reserved reserved) {
            receipt(ctx, 202, reserved.order(), reserved.replayed());
        } else {
            ctx.fail(toApiException(outcome));
        }
    }

    private static void receipt(RoutingContext ctx, int status, Order order, boolean replayed) {
        ctx.response().putHeader("Location", OrderJson.location(order));
        if (replayed) {
            ctx.response().putHeader("Idempotency-Replayed", "true");
        }
        JsonResponses.json(ctx, status, OrderJson.receipt(order));
    }

    private static ApiException toApiException(PurchaseOutcome outcome) {
        if (outcome instanceof PurchaseOutcome.LimitReached limit) {
            return new ApiException(ApiError.PURCHASE_LIMIT_REACHED, "this purchase would exceed the limit per user")
                    .with("orderId", limit.latestOrderId());
        }
        if (outcome instanceof PurchaseOutcome.NotOpen notOpen) {
            return new ApiException(ApiError.SALE_NOT_OPEN, "the sale has not started, has ended or is paused")
                    .with("opensAt", JsonResponses.time(notOpen.opensAt()))
                    .with("closesAt", JsonResponses.time(notOpen.closesAt()));
        }
        if (outcome instanceof PurchaseOutcome.InsufficientStock insufficient) {
            return new ApiException(ApiError.INSUFFICIENT_STOCK, "only " + insufficient.remaining() + " left")
                    .with("remaining", insufficient.remaining());
        }
        return switch (outcome.kind()) {
            case KEY_REUSED ->
                new ApiException(
                        ApiError.IDEMPOTENCY_KEY_REUSED, "this key was used with another quantity; use a new key");
            case SOLD_OUT -> new ApiException(ApiError.SOLD_OUT, "no units are left; cancelled orders may return some");
            case UNKNOWN_PRODUCT -> ProductEndpoints.unknown();
            case OVERLOADED ->
                new ApiException(ApiError.OVERLOADED, "too many purchases at once; nothing was bought, try again")
                        .retryAfter(PurchaseOutcome.RETRY_DELAY);
            default ->
                new ApiException(
                                ApiError.UNAVAILABLE,
                                "the outcome is not known yet; try again with the same Idempotency-Key")
                        .retryAfter(PurchaseOutcome.RETRY_DELAY);
        };
    }
}
