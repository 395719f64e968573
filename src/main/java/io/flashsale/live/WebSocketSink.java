package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;

/** A client on a WebSocket (RFC 6455). */
final class WebSocketSink implements Listener.EventSink {
    /** RFC 6455, section 7.4.1: going away. */
    private static final short GOING_AWAY = 1001;

    /** Pings in a row that may stay without a pong. */
    private static final int SILENT_PINGS = 2;

    private final ServerWebSocket socket;
    private int unanswered;

    WebSocketSink(ServerWebSocket socket) {
        this.socket = socket;
        socket.pongHandler(pong -> unanswered = 0);
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

    /** Tells why nothing will be heard of a product. */
    boolean refuse(String productId, String code) {
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
        if (socket.isClosed() || socket.writeQueueFull() || ++unanswered > SILENT_PINGS) {
            return false;
        }
        socket.writePing(Buffer.buffer());
        return true;
    }

    @Override
    public boolean gone(String productId) {
        return refuse(productId, "not-found");
    }

    @Override
    public void end() {
        socket.close(GOING_AWAY);
    }

    @Override
    public void drop() {
        socket.close(GOING_AWAY);
    }
}
