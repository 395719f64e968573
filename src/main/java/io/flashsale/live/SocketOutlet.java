package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;

/** A client on a WebSocket (RFC 6455). */
final class SocketOutlet implements Listener.Outlet {
    /** RFC 6455, section 7.4.1: going away. */
    private static final short GOING_AWAY = 1001;

    private final ServerWebSocket socket;

    SocketOutlet(ServerWebSocket socket) {
        this.socket = socket;
    }

    @Override
    public boolean send(StockEvent event) {
        if (socket.isClosed() || socket.writeQueueFull()) {
            return false;
        }
        socket.writeTextMessage(event.json());
        return true;
    }

    @Override
    public boolean heartbeat() {
        if (socket.isClosed() || socket.writeQueueFull()) {
            return false;
        }
        socket.writePing(Buffer.buffer());
        return true;
    }

    @Override
    public void close() {
        socket.close(GOING_AWAY);
    }
}
