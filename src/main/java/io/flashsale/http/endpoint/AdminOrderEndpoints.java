package io.flashsale.http.endpoint;

import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Page;
import io.flashsale.http.message.Csv;
import io.flashsale.http.message.JsonResponses;
import io.flashsale.http.message.OrderJson;
import io.flashsale.http.message.PageRequest;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.persistence.order.OrderCursor;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.purchase.ReservedOrders;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Serves the orders of all buyers, page by page or all as CSV. Belongs to one event loop. */
public final class AdminOrderEndpoints {
    private static final String COLUMNS = Csv.line(List.of(
            "orderId",
            "productId",
            "userId",
            "status",
            "quantity",
            "unitPrice",
            "total",
            "currency",
            "units",
            "reservedAt",
            "updatedAt"));

    /** Limits concurrent exports: each keeps a query open in MongoDB until its client has read everything. */
    private static final int MAX_EXPORTS = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int CHUNK_BYTES = 8_192;

    private final OrderStore orders;
    private final ReservedOrders reserved;
    private int exports;

    public AdminOrderEndpoints(OrderStore orders, ReservedOrders reserved) {
        this.orders = orders;
        this.reserved = reserved;
    }

    public void list(RoutingContext ctx) {
        MultiMap query = ctx.queryParams();
        PageRequest page = PageRequest.of(query);
        String status = query.get("status");
        OrderStore.Filter filter =
                new OrderStore.Filter(query.get("productId"), status == null ? null : OrderStatus.ofWireName(status));
        ctx.response().putHeader("Vary", "Accept");
        if (prefersCsv(ctx)) {
            exportCsv(ctx, filter);
            return;
        }
        Future<Page<Order>> listed = onlyInRedis(filter)
                ? reserved.list(filter.productId(), page.cursor(), page.limit())
                : orders.list(filter, page.cursor(), page.limit());
        listed.onSuccess(found -> {
                    JsonArray items = new JsonArray();
                    found.items().forEach(order -> items.add(OrderJson.of(order).put("userId", order.userId())));
                    JsonResponses.json(ctx, 200, JsonResponses.page(items, found.next()));
                })
                .onFailure(ctx::fail);
    }

    private static boolean onlyInRedis(OrderStore.Filter filter) {
        return filter.status() == OrderStatus.RESERVED;
    }

    /** Returns whether the client prefers CSV; JSON is the default. */
    private static boolean prefersCsv(RoutingContext ctx) {
        List<MIMEHeader> accepted = ctx.parsedHeaders().accept();
        for (MIMEHeader type : accepted) {
            if (type.component().equals("text") && type.subComponent().equals("csv")) {
                return true;
            }
            if (type.component().equals("*") || type.subComponent().equals("json")) {
                return false;
            }
        }
        return false;
    }

    private void exportCsv(RoutingContext ctx, OrderStore.Filter filter) {
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            begin(ctx.response()).end();
            return;
        }
        if (onlyInRedis(filter)) {
            reserved.list(filter.productId(), null, Integer.MAX_VALUE)
                    .onSuccess(all -> {
                        Buffer rows = Buffer.buffer(COLUMNS);
                        all.items().forEach(order -> rows.appendString(row(order)));
                        begin(ctx.response()).end(rows);
                    })
                    .onFailure(ctx::fail);
            return;
        }
        if (exports >= MAX_EXPORTS) {
            ctx.fail(new ApiException(ApiError.OVERLOADED, "too many CSV exports are running; try again later")
                    .retryAfter(RETRY_AFTER));
            return;
        }
        exports++;
        OrderCursor rows = orders.rows(filter);
        // Runs however the response ends, including when the client disconnects.
        AtomicBoolean over = new AtomicBoolean();
        ctx.addEndHandler(ended -> {
            if (over.compareAndSet(false, true)) {
                exports--;
                rows.stop();
            }
        });
        copy(ctx, rows);
    }

    /** Streams the rows with back-pressure: at most one chunk ahead of the client. */
    private static void copy(RoutingContext ctx, OrderCursor rows) {
        HttpServerResponse response = ctx.response();
        Buffer[] chunk = {Buffer.buffer(COLUMNS)};
        response.drainHandler(drained -> rows.resume());
        rows.read(
                order -> {
                    chunk[0].appendString(row(order));
                    if (chunk[0].length() >= CHUNK_BYTES) {
                        if (!response.headWritten()) {
                            begin(response);
                        }
                        response.write(chunk[0]);
                        chunk[0] = Buffer.buffer();
                        if (response.writeQueueFull()) {
                            rows.pause();
                        }
                    }
                },
                (done, failure) -> {
                    if (failure != null) {
                        // If the response has begun, the failure handler closes the connection to show that it is
                        // incomplete.
                        ctx.fail(failure);
                    } else {
                        if (!response.headWritten()) {
                            begin(response);
                        }
                        response.end(chunk[0]);
                    }
                });
    }

    private static HttpServerResponse begin(HttpServerResponse response) {
        return response.setChunked(true)
                .putHeader("Content-Type", "text/csv; charset=utf-8; header=present")
                .putHeader("Content-Disposition", "attachment; filename=\"orders.csv\"")
                .putHeader("Cache-Control", "no-store");
    }

    private static String row(Order order) {
        return Csv.line(List.of(
                order.id(),
                order.productId(),
                order.userId(),
                order.status().wireName(),
                order.quantity(),
                order.unitPrice(),
                order.total(),
                order.currency(),
                order.units().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                JsonResponses.time(order.reservedAt()),
                JsonResponses.time(order.updatedAt())));
    }
}
