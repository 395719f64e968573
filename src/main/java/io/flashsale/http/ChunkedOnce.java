package io.flashsale.http;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/** A request in chunks is the last one of its connection; {@link FrontDoor} says why. */
final class ChunkedOnce implements PlatformHandler {
    @Override
    public void handle(RoutingContext ctx) {
        if (ctx.request().headers().contains("Transfer-Encoding")) {
            LastAnswer.announce(ctx.request());
            ctx.addEndHandler(ended -> LastAnswer.close(ctx.vertx(), ctx.request()));
        }
        ctx.next();
    }
}
