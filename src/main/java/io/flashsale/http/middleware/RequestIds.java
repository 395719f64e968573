package io.flashsale.http.middleware;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.UUID;
import java.util.regex.Pattern;

/** Gives every request a name that its answer and the log share; a client's own is kept if it is harmless. */
public final class RequestIds implements PlatformHandler {
    private static final String HEADER = "X-Request-Id";
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    @Override
    public void handle(RoutingContext ctx) {
        ctx.put(HEADER, assign(ctx.request()));
        ctx.next();
    }

    /** Names a request and its answer. */
    static String assign(HttpServerRequest request) {
        String given = request.getHeader(HEADER);
        String id = given != null && FORM.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        request.response().putHeader(HEADER, id);
        return id;
    }

    static String of(RoutingContext ctx) {
        return ctx.get(HEADER);
    }
}
