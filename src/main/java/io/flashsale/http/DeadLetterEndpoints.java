package io.flashsale.http;

import io.flashsale.persistence.DeadLetter;
import io.flashsale.purchase.DeadLetters;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What an admin does with orders that MongoDB refuses. */
final class DeadLetterEndpoints {
    private final DeadLetters letters;

    DeadLetterEndpoints(DeadLetters letters) {
        this.letters = letters;
    }

    void list(RoutingContext ctx) {
        PageQuery query = PageQuery.of(ctx.queryParams());
        letters.list(query.cursor(), query.limit())
                .onSuccess(page -> {
                    JsonArray items = new JsonArray();
                    page.items().forEach(letter -> items.add(json(letter)));
                    Answers.json(ctx, 200, Answers.page(items, page.next()));
                })
                .onFailure(ctx::fail);
    }

    void retry(RoutingContext ctx) {
        RequestJson.of(ctx).check();
        letters.retry(ctx.pathParam("id"))
                .onSuccess(retried -> {
                    if (retried.isEmpty()) {
                        ctx.fail(unknown());
                        return;
                    }
                    DeadLetters.Retry retry = retried.get();
                    JsonObject body = new JsonObject()
                            .put("orderId", retry.orderId())
                            .put("outcome", retry.placed() ? "placed" : "refused");
                    if (retry.reason() != null) {
                        body.put("reason", retry.reason());
                    }
                    Answers.json(ctx, 200, body);
                })
                .onFailure(ctx::fail);
    }

    void discard(RoutingContext ctx) {
        RequestJson.of(ctx).check();
        letters.discard(ctx.pathParam("id"))
                .onSuccess(discarded -> {
                    if (discarded) {
                        Answers.empty(ctx, 204);
                    } else {
                        ctx.fail(unknown());
                    }
                })
                .onFailure(ctx::fail);
    }

    private static ApiException unknown() {
        return new ApiException(ApiError.NOT_FOUND, "there is no such dead letter");
    }

    private static JsonObject json(DeadLetter letter) {
        return new JsonObject()
                .put("id", letter.order().id())
                .put("orderId", letter.order().id())
                .put("productId", letter.order().productId())
                .put("userId", letter.order().userId())
                .put("quantity", letter.order().quantity())
                .put("units", new JsonArray(letter.order().units()))
                .put("reason", letter.reason())
                .put("tries", letter.tries())
                .put("at", Answers.time(letter.at()));
    }
}
