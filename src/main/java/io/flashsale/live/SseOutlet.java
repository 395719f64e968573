package io.flashsale.live;

import io.vertx.core.http.HttpServerResponse;

/** A client that reads Server-Sent Events (WHATWG HTML, section 9.2). */
final class SseOutlet implements Listener.Outlet {
    private final HttpServerResponse response;

    SseOutlet(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public boolean send(StockEvent event) {
        return write("event: " + event.type() + "\nid: " + event.seq() + "\ndata: " + event.json() + "\n\n");
    }

    @Override
    public boolean heartbeat() {
        return write(":\n\n");
    }

    private boolean write(String text) {
        if (response.closed() || response.writeQueueFull()) {
            return false;
        }
        response.write(text);
        return true;
    }

    @Override
    public void close() {
        if (!response.closed()) {
            // Not end(): to a client that does not read, the end would not come through either.
            response.reset();
        }
    }
}
