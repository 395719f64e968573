package io.flashsale.http.endpoint;

import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.live.LiveTransports;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Serves live stock as Server-Sent Events and over WebSocket. */
public final class LiveEndpoints {
    private static final Pattern SEQ = Pattern.compile("\\d{1,18}");
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final LiveTransports live;
    private final Set<String> origins;

    public LiveEndpoints(LiveTransports live, List<String> origins) {
        this.live = live;
        this.origins = Set.copyOf(origins);
    }

    public void events(RoutingContext ctx) {
        String productId = ctx.pathParam("id");
        live.exists(productId)
                .onSuccess(there -> {
                    if (!there) {
                        ctx.fail(ProductEndpoints.unknown());
                    } else if (ctx.request().method().equals(HttpMethod.HEAD)) {
                        LiveTransports.announce(ctx.response()).end();
                    } else if (!live.stream(ctx.response(), productId, lastSeen(ctx.request()))) {
                        ctx.fail(full());
                    }
                })
                .onFailure(ctx::fail);
    }

    /** Returns the event id that a browser sends when it reconnects; 0 if it is missing or invalid. */
    private static long lastSeen(HttpServerRequest request) {
        String last = request.getHeader("Last-Event-ID");
        return last != null && SEQ.matcher(last).matches() ? Long.parseLong(last) : 0;
    }

    public void socket(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!request.canUpgradeToWebSocket()) {
            ctx.response().putHeader(HttpHeaders.UPGRADE, "websocket").putHeader(HttpHeaders.CONNECTION, "Upgrade");
            ctx.fail(new ApiException(
                    ApiError.MALFORMED_REQUEST, "this is a WebSocket endpoint: send Upgrade: websocket"));
            return;
        }
        if (!isAllowedOrigin(request)) {
            ctx.fail(new ApiException(ApiError.FORBIDDEN, "pages of this origin may not subscribe; see cors.origins"));
            return;
        }
        if (live.isFull()) {
            ctx.fail(full());
            return;
        }
        request.toWebSocket()
                .onSuccess(socket -> {
                    if (!live.serve(socket)) {
                        // 1013 means "try again later" (RFC 6455, section 7.4.1, and the registry of IANA).
                        socket.close((short) 1013, "too many live clients");
                    }
                })
                .onFailure(ctx::fail);
    }

    /** Checks the origin, since browsers apply no same-origin policy to WebSockets (RFC 6455, section 10.2). */
    private boolean isAllowedOrigin(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || origins.contains(origin)) {
            return true;
        }
        String host = request.getHeader(HttpHeaders.HOST);
        return origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    private static ApiException full() {
        return new ApiException(ApiError.OVERLOADED, "too many live clients on this node; try again later")
                .retryAfter(RETRY_AFTER);
    }
}
