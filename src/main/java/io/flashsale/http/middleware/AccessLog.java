package io.flashsale.http.middleware;

import io.flashsale.auth.AuthHandlers;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs one line per request; never a query, a header, a body or an address. */
public final class AccessLog implements PlatformHandler {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final int MAX_PATH = 200;

    private final Clock clock;

    public AccessLog(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void handle(RoutingContext ctx) {
        if (LOG.isInfoEnabled()) {
            long startedAt = clock.millis();
            ctx.addEndHandler(ended -> log(ctx, startedAt));
        }
        ctx.next();
    }

    private void log(RoutingContext ctx, long startedAt) {
        write(ctx.request(), clock.millis() - startedAt, RequestIds.of(ctx), AuthHandlers.userIdOf(ctx));
    }

    static void write(HttpServerRequest request, long millis, String requestId, String userId) {
        String path = request.path() == null ? "" : request.path();
        LOG.atInfo()
                .addKeyValue("method", request.method())
                .addKeyValue("path", path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path)
                .addKeyValue("status", request.response().getStatusCode())
                .addKeyValue("bytes", request.response().bytesWritten())
                .addKeyValue("millis", millis)
                .addKeyValue("requestId", requestId)
                .addKeyValue("userId", userId)
                .log("request");
    }
}
