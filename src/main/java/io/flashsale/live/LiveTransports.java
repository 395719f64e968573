package io.flashsale.live;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The doors of the room: one for each way to listen. */
public final class LiveTransports {
    /** RFC 6455, section 7.4.1. */
    private static final short PROTOCOL = 1002;

    private static final short BAD_MESSAGE = 1007;

    /** What waits in the program for one client; behind it the kernel keeps about as much as the client's window. */
    private static final int MAX_QUEUED_BYTES = 64 * 1024;

    /** Browsers that lost a node in one moment must not come back in one moment. */
    private static final int RETRY_MILLIS = 1_000;

    private static final int RETRY_JITTER_MILLIS = 4_000;

    private final SubscriptionHub hub;

    /** Opens the doors. */
    public LiveTransports(SubscriptionHub hub) {
        this.hub = hub;
    }

    /** Whether there is such a product. */
    public Future<Boolean> exists(String productId) {
        return hub.exists(productId);
    }

    /** Whether one more would be refused. */
    public boolean isFull() {
        return hub.isFull();
    }

    /**
     * Streams what happens to a product.
     *
     * @param lastSeen the last event that the client has seen, or 0
     * @return false where the house is full; nothing was written then
     */
    public boolean stream(HttpServerResponse response, String productId, long lastSeen) {
        if (response.closed()) {
            // It left while it was asked whether there is such a product, and no handler would tell of that any more.
            return true;
        }
        Optional<Listener> entered = hub.enter(new SseSink(response));
        if (entered.isEmpty()) {
            return false;
        }
        Listener listener = entered.get();
        response.closeHandler(closed -> hub.leave(listener));
        response.exceptionHandler(failure -> hub.leave(listener));
        announce(response).setChunked(true).setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        int retry = RETRY_MILLIS + ThreadLocalRandom.current().nextInt(RETRY_JITTER_MILLIS);
        response.write("retry: " + retry + "\n\n");
        hub.listen(listener, productId, lastSeen);
        return true;
    }

    /** Says that a stream follows. */
    public static HttpServerResponse announce(HttpServerResponse response) {
        return response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                // What nginx understands: events are not to wait in its buffer.
                .putHeader("X-Accel-Buffering", "no");
    }

    /**
     * Serves a WebSocket.
     *
     * @return false where the house is full
     */
    public boolean serve(ServerWebSocket socket) {
        WebSocketSink sink = new WebSocketSink(socket);
        Optional<Listener> entered = hub.enter(sink);
        if (entered.isEmpty()) {
            return false;
        }
        Listener listener = entered.get();
        socket.setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        socket.closeHandler(closed -> hub.leave(listener));
        socket.exceptionHandler(failure -> {
            // Too large a message, an unmasked one: what follows cannot be read, and nobody else closes it.
            hub.leave(listener);
            socket.close(PROTOCOL, "broken or too large");
        });
        socket.binaryMessageHandler(message -> socket.close(BAD_MESSAGE, "send text"));
        socket.textMessageHandler(new WebSocketSession(hub, socket, sink, listener)::hear);
        return true;
    }
}
