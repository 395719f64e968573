package io.flashsale.http.middleware;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.UUID;
import java.util.regex.Pattern;

/** Gives every request an id for its response and the log. The id of the client is kept if it is safe to log. */
public final class RequestIds implements PlatformHandler {
    private static final String HEADER = "X-Request-Id";
    private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    @Override
    public void handle(RoutingContext ctx) {
        ctx.put(HEADER, assign(ctx.request()));
        ctx.next();
    }

    /** Assigns an id to a request and its response. */
    static String assign(HttpServerRequest request) {
        String given = request.getHeader(HEADER);
        String id = given != null && FORMAT.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        request.response().putHeader(HEADER, id);
        return id;
    }

    static String of(RoutingContext ctx) {
        return ctx.get(HEADER);
    }
}
