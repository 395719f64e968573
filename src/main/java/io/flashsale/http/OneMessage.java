package io.flashsale.http;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Ends the connection after a request in chunks.
 *
 * <p>With a Content-Length beside it, two servers may disagree where such a request ends, and what follows is smuggled
 * past the first. RFC 9112 section 6.3 has the connection closed then; the length is gone by the time a handler sees the
 * request, so every request in chunks is treated like that.
 */
final class OneMessage implements PlatformHandler {
    @Override
    public void handle(RoutingContext ctx) {
        if (ctx.request().headers().contains("Transfer-Encoding")) {
            ctx.response().putHeader("Connection", "close");
            ctx.addEndHandler(ended -> ctx.request().connection().close());
        }
        ctx.next();
    }
}
