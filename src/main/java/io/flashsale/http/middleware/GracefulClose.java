package io.flashsale.http.middleware;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/**
 * Closes a connection after its last response without losing that response.
 *
 * <p>Closing a socket with unread bytes resets it, and the reset can overtake the response. Therefore the remaining
 * input is read and discarded for a short time (RFC 9112 section 9.6).
 */
final class GracefulClose {
    private static final long LINGER_MILLIS = 2_000;

    private GracefulClose() {}

    /** Announces the close in the headers of the response, which must not have been sent yet. */
    static void announce(HttpServerRequest request) {
        request.response().putHeader("Connection", "close");
    }

    /** Closes the connection; call it after the response was sent. */
    static void close(Vertx vertx, HttpServerRequest request) {
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        long timer = vertx.setTimer(LINGER_MILLIS, late -> request.connection().close());
        request.exceptionHandler(broken -> vertx.cancelTimer(timer));
        request.handler(discarded -> {});
        request.endHandler(ended -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
        request.resume();
    }
}
