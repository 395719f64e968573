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

/** Live stock over HTTP: Server-Sent Events and WebSocket. */
public final class LiveEndpoints {
    private static final Pattern SEQ = Pattern.compile("\\d{1,18}");
    private static final Duration SOON = Duration.ofSeconds(5);

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

    /** What a browser sends by itself when it comes back; anything else is as good as nothing. */
    private static long lastSeen(HttpServerRequest request) {
        String last = request.getHeader("Last-Event-ID");
        return last != null && SEQ.matcher(last).matches() ? Long.parseLong(last) : 0;
    }

    public void socket(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!request.canUpgradeToWebSocket()) {
            ctx.response().putHeader(HttpHeaders.UPGRADE, "websocket").putHeader(HttpHeaders.CONNECTION, "Upgrade");
            ctx.fail(new ApiException(ApiError.MALFORMED_REQUEST, "this is a WebSocket: send Upgrade: websocket"));
            return;
        }
        if (!isWelcome(request)) {
            ctx.fail(new ApiException(ApiError.FORBIDDEN, "pages of this origin may not listen; see cors.origins"));
            return;
        }
        if (live.isFull()) {
            ctx.fail(full());
            return;
        }
        request.toWebSocket()
                .onSuccess(socket -> {
                    if (!live.serve(socket)) {
                        // RFC 6455, section 7.4.1, and IANA's registry: try again later.
                        socket.close((short) 1013, "too many listen");
                    }
                })
                .onFailure(ctx::fail);
    }

    /** The browser's same-origin policy does not cover WebSockets: the server has to look (RFC 6455, section 10.2). */
    private boolean isWelcome(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || origins.contains(origin)) {
            return true;
        }
        String host = request.getHeader(HttpHeaders.HOST);
        return origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    private static ApiException full() {
        return new ApiException(ApiError.OVERLOADED, "too many listen on this node").retryAfter(SOON);
    }
}
