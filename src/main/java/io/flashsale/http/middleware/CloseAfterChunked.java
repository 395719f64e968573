package io.flashsale.http.middleware;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/** Closes the connection after a chunked request; {@link RequestSanitizer} explains why. */
public final class CloseAfterChunked implements PlatformHandler {
    @Override
    public void handle(RoutingContext ctx) {
        if (ctx.request().headers().contains("Transfer-Encoding")) {
            GracefulClose.announce(ctx.request());
            ctx.addEndHandler(ended -> GracefulClose.close(ctx.vertx(), ctx.request()));
        }
        ctx.next();
    }
}
