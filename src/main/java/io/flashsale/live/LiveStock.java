package io.flashsale.live;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The doors of the room: one for each way to listen. */
public final class LiveStock {
    /** RFC 6455, section 7.4.1. */
    private static final short BAD_MESSAGE = 1007;

    private static final short POLICY = 1008;
    private static final int MAX_QUEUED_BYTES = 64 * 1024;

    private final LiveRoom room;
    private final Function<String, Future<Boolean>> exists;

    /**
     * Opens the doors.
     *
     * @param exists whether there is such a product
     */
    public LiveStock(LiveRoom room, Function<String, Future<Boolean>> exists) {
        this.room = room;
        this.exists = exists;
    }

    /**
     * Streams what happens to a product.
     *
     * @param lastSeen the last event that the client has seen, or 0
     * @return false where the house is full; nothing was written then
     */
    public boolean stream(HttpServerResponse response, String productId, long lastSeen) {
        Optional<Listener> entered = room.enter(new SseOutlet(response));
        if (entered.isEmpty()) {
            return false;
        }
        Listener listener = entered.get();
        response.closeHandler(closed -> room.leave(listener));
        response.exceptionHandler(failure -> room.leave(listener));
        response.setChunked(true)
                .setWriteQueueMaxSize(MAX_QUEUED_BYTES)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                // What nginx understands: events are not to wait in its buffer.
                .putHeader("X-Accel-Buffering", "no");
        response.write("retry: 1000\n\n");
        room.listen(listener, productId, lastSeen);
        return true;
    }

    /**
     * Serves a WebSocket.
     *
     * @return false where the house is full
     */
    public boolean serve(ServerWebSocket socket) {
        Optional<Listener> entered = room.enter(new SocketOutlet(socket));
        if (entered.isEmpty()) {
            return false;
        }
        Listener listener = entered.get();
        socket.setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        socket.closeHandler(closed -> room.leave(listener));
        socket.exceptionHandler(failure -> room.leave(listener));
        socket.binaryMessageHandler(message -> socket.close(BAD_MESSAGE, "send text"));
        socket.textMessageHandler(text -> subscribe(socket, listener, text));
        return true;
    }

    private void subscribe(ServerWebSocket socket, Listener listener, String text) {
        Optional<List<String>> wanted = parse(text);
        if (wanted.isEmpty()) {
            socket.close(BAD_MESSAGE, "send {\"subscribe\":[\"product id\", ...]}");
            return;
        }
        for (String productId : wanted.get()) {
            exists.apply(productId).onSuccess(there -> {
                if (there) {
                    begin(socket, listener, productId);
                } else if (!socket.isClosed()) {
                    socket.writeTextMessage(unknown(productId));
                }
            });
        }
    }

    private void begin(ServerWebSocket socket, Listener listener, String productId) {
        if (socket.isClosed() || listener.listensTo(productId)) {
            return;
        }
        if (listener.products() >= room.maxProducts()) {
            socket.close(POLICY, "at most " + room.maxProducts() + " products");
            return;
        }
        room.listen(listener, productId, 0);
    }

    private static String unknown(String productId) {
        return new JsonObject()
                .put("type", "error")
                .put("code", "not-found")
                .put("productId", productId)
                .encode();
    }

    /** The product ids of a well-formed message; nothing else is understood. */
    private static Optional<List<String>> parse(String text) {
        try {
            JsonObject message = new JsonObject(text);
            if (message.size() != 1 || !(message.getValue("subscribe") instanceof JsonArray products)) {
                return Optional.empty();
            }
            List<String> wanted = new ArrayList<>();
            for (Object product : products) {
                if (!(product instanceof String productId)) {
                    return Optional.empty();
                }
                wanted.add(productId);
            }
            return Optional.of(wanted);
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }
}
