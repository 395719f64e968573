package io.flashsale.http.middleware;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/** A request in chunks is the last one of its connection; {@link RequestSanitizer} says why. */
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
