package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** A client that reads Server-Sent Events (WHATWG HTML, section 9.2). */
final class SseSink implements Listener.EventSink {
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final HttpServerResponse response;

    SseSink(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public boolean send(EventBatch batch) {
        return write(batch.stream());
    }

    @Override
    public boolean heartbeat() {
        return write(COMMENT);
    }

    private boolean write(Buffer text) {
        if (response.closed() || response.writeQueueFull()) {
            return false;
        }
        response.write(text);
        return true;
    }

    /** The browser comes back by itself, and is told 404, which ends it. */
    @Override
    public boolean gone(String productId) {
        end();
        return false;
    }

    @Override
    public void end() {
        if (response.closed() || response.writeQueueFull()) {
            drop();
        } else {
            response.end();
        }
    }

    @Override
    public void drop() {
        if (!response.closed()) {
            // Not end(): to a client that does not read, the end would not come through either.
            response.reset();
        }
    }
}
