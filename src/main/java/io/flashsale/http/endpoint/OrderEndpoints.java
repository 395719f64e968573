package io.flashsale.http.endpoint;

import io.flashsale.auth.AuthHandlers;
import io.flashsale.domain.Order;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.OrderJson;
import io.flashsale.http.message.PageRequest;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.orders.OrderService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Serves the orders of the signed-in buyer. */
public final class OrderEndpoints {
    private final OrderService orders;

    public OrderEndpoints(OrderService orders) {
        this.orders = orders;
    }

    public void list(RoutingContext ctx) {
        PageRequest query = PageRequest.of(ctx.queryParams());
        orders.list(AuthHandlers.session(ctx).userId(), query.cursor(), query.limit())
                .onSuccess(page -> {
                    JsonArray items = new JsonArray();
                    page.items().forEach(order -> items.add(OrderJson.of(order)));
                    JsonResponses.json(ctx, 200, JsonResponses.page(items, page.next()));
                })
                .onFailure(ctx::fail);
    }

    public void read(RoutingContext ctx) {
        respond(ctx, orders.find(AuthHandlers.session(ctx).userId(), ctx.pathParam("id")));
    }

    public void cancel(RoutingContext ctx) {
        respond(ctx, orders.cancel(AuthHandlers.session(ctx).userId(), ctx.pathParam("id")));
    }

    private static void respond(RoutingContext ctx, Future<Optional<Order>> order) {
        order.onSuccess(found -> {
                    if (found.isPresent()) {
                        JsonResponses.json(ctx, 200, OrderJson.of(found.get()));
                    } else {
                        ctx.fail(new ApiException(ApiError.NOT_FOUND, "you have no such order"));
                    }
                })
                .onFailure(ctx::fail);
    }
}
