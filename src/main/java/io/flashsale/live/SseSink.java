package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** Writes to a client that reads Server-Sent Events (WHATWG HTML, section 9.2). */
final class SseSink implements Listener.EventSink {
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final HttpServerResponse response;

    SseSink(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public boolean send(EventBatch batch) {
        return write(batch.sseFrames());
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

    /** Ends the stream. The browser reconnects by itself and gets a 404, on which it gives up. */
    @Override
    public boolean onProductDeleted(String productId) {
        close();
        return false;
    }

    @Override
    public void close() {
        if (response.closed() || response.writeQueueFull()) {
            drop();
        } else {
            response.end();
        }
    }

    @Override
    public void drop() {
        if (!response.closed()) {
            // Not end(): a client that does not read would not receive the end either.
            response.reset();
        }
    }
}
