package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;

/** Writes to a client on a WebSocket (RFC 6455). */
final class WebSocketSink implements Listener.EventSink {
    /** RFC 6455, section 7.4.1: going away. */
    private static final short GOING_AWAY = 1001;

    /** Number of consecutive pings that may stay without a pong. */
    private static final int MAX_UNANSWERED_PINGS = 2;

    private final ServerWebSocket socket;
    private int unansweredPings;

    WebSocketSink(ServerWebSocket socket) {
        this.socket = socket;
        socket.pongHandler(pong -> unansweredPings = 0);
    }

    @Override
    public boolean send(EventBatch batch) {
        for (StockEvent event : batch.events()) {
            if (!write(event.json())) {
                return false;
            }
        }
        return true;
    }

    /** Notifies the client that a product has no events, and why. */
    boolean sendError(String productId, String code) {
        return write(new JsonObject()
                .put("type", "error")
                .put("code", code)
                .put("productId", productId)
                .encode());
    }

    private boolean write(String text) {
        if (socket.isClosed() || socket.writeQueueFull()) {
            return false;
        }
        socket.writeTextMessage(text);
        return true;
    }

    @Override
    public boolean heartbeat() {
        if (socket.isClosed() || socket.writeQueueFull() || ++unansweredPings > MAX_UNANSWERED_PINGS) {
            return false;
        }
        socket.writePing(Buffer.buffer());
        return true;
    }

    @Override
    public boolean onProductDeleted(String productId) {
        return sendError(productId, "not-found");
    }

    @Override
    public void close() {
        socket.close(GOING_AWAY);
    }

    @Override
    public void drop() {
        socket.close(GOING_AWAY);
    }
}
