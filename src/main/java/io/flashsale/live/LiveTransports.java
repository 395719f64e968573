package io.flashsale.live;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Serves live stock events over Server-Sent Events and WebSocket. */
public final class LiveTransports {
    /** RFC 6455, section 7.4.1. */
    private static final short PROTOCOL_ERROR = 1002;

    private static final short BAD_MESSAGE = 1007;

    /** Bytes queued in this process for one client; the kernel buffers about as much as the client's window on top. */
    private static final int MAX_QUEUED_BYTES = 64 * 1024;

    /** Spreads the reconnects of browsers that lose a node at the same moment. */
    private static final int RETRY_MILLIS = 1_000;

    private static final int RETRY_JITTER_MILLIS = 4_000;

    private final SubscriptionHub hub;

    /** Wires the transports to the subscriptions. */
    public LiveTransports(SubscriptionHub hub) {
        this.hub = hub;
    }

    /** Returns whether a product exists. */
    public Future<Boolean> exists(String productId) {
        return hub.exists(productId);
    }

    /** Returns whether one more client would be refused. */
    public boolean isFull() {
        return hub.isFull();
    }

    /**
     * Streams the events of a product.
     *
     * @param lastSeen the seq of the last event that the client has seen, or 0
     * @return false if the node has no capacity for another client; nothing was written then
     */
    public boolean stream(HttpServerResponse response, String productId, long lastSeen) {
        if (response.closed()) {
            // The client disconnected during the product lookup. A handler set now would not be called.
            return true;
        }
        Optional<Listener> registered = hub.register(new SseSink(response));
        if (registered.isEmpty()) {
            return false;
        }
        Listener listener = registered.get();
        response.closeHandler(closed -> hub.unregister(listener));
        response.exceptionHandler(failure -> hub.unregister(listener));
        announce(response).setChunked(true).setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        int retry = RETRY_MILLIS + ThreadLocalRandom.current().nextInt(RETRY_JITTER_MILLIS);
        response.write("retry: " + retry + "\n\n");
        hub.subscribe(listener, productId, lastSeen);
        return true;
    }

    /** Sets the headers of an event stream. */
    public static HttpServerResponse announce(HttpServerResponse response) {
        return response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                // Makes nginx pass events on without buffering them.
                .putHeader("X-Accel-Buffering", "no");
    }

    /**
     * Serves a WebSocket.
     *
     * @return false if the node has no capacity for another client
     */
    public boolean serve(ServerWebSocket socket) {
        WebSocketSink sink = new WebSocketSink(socket);
        Optional<Listener> registered = hub.register(sink);
        if (registered.isEmpty()) {
            return false;
        }
        Listener listener = registered.get();
        socket.setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        socket.closeHandler(closed -> hub.unregister(listener));
        socket.exceptionHandler(failure -> {
            // A message that is too large or not masked: the rest is unreadable, and Vert.x does not close the socket.
            hub.unregister(listener);
            socket.close(PROTOCOL_ERROR, "malformed or too large message");
        });
        socket.binaryMessageHandler(message -> socket.close(BAD_MESSAGE, "send text messages only"));
        socket.textMessageHandler(new WebSocketSession(hub, socket, sink, listener)::onMessage);
        return true;
    }
}
