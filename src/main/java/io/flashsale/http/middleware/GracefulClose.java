package io.flashsale.http.middleware;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/**
 * Ends a connection behind an answer, so that the client still gets to read it.
 *
 * <p>Closing a socket with unread bytes resets it, and a reset can overtake the answer: what the client is still sending
 * is therefore read and thrown away, for a moment only (RFC 9112 section 9.6).
 */
final class GracefulClose {
    private static final long LINGER_MILLIS = 2_000;

    private GracefulClose() {}

    /** Says so in the answer's headers; these must not be out yet. */
    static void announce(HttpServerRequest request) {
        request.response().putHeader("Connection", "close");
    }

    /** Closes; for when the answer is out. */
    static void close(Vertx vertx, HttpServerRequest request) {
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        long timer = vertx.setTimer(LINGER_MILLIS, late -> request.connection().close());
        request.exceptionHandler(broken -> vertx.cancelTimer(timer));
        request.handler(thrownAway -> {});
        request.endHandler(ended -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
        request.resume();
    }
}
