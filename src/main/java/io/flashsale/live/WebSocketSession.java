package io.flashsale.live;

import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client says on its WebSocket. No rate limit stands in front of it once the socket is open, so what it may ask for
 * is bounded, whether it exists or not.
 *
 * <p>Belongs to one event loop.
 */
final class WebSocketSession {
    /** RFC 6455, section 7.4.1. */
    private static final short BAD_MESSAGE = 1007;

    private static final short POLICY = 1008;
    private static final int MESSAGES_PER_PRODUCT = 10;

    private final SubscriptionHub hub;
    private final ServerWebSocket socket;
    private final WebSocketSink sink;
    private final Listener listener;
    private final Set<String> asked = new HashSet<>();
    private int messages;

    WebSocketSession(SubscriptionHub hub, ServerWebSocket socket, WebSocketSink sink, Listener listener) {
        this.hub = hub;
        this.socket = socket;
        this.sink = sink;
        this.listener = listener;
    }

    void hear(String text) {
        if (socket.isClosed()) {
            return;
        }
        Optional<List<String>> requested = parse(text);
        if (requested.isEmpty()) {
            socket.close(BAD_MESSAGE, "send {\"subscribe\":[\"product id\", ...]}");
            return;
        }
        List<String> added = requested.get().stream().filter(asked::add).toList();
        if (asked.size() > hub.maxProducts() || ++messages > MESSAGES_PER_PRODUCT * hub.maxProducts()) {
            socket.close(POLICY, "at most " + hub.maxProducts() + " products");
            return;
        }
        added.forEach(this::subscribe);
    }

    private void subscribe(String productId) {
        hub.exists(productId)
                .onSuccess(there -> {
                    if (there) {
                        hub.listen(listener, productId, 0);
                    } else {
                        sink.refuse(productId, "not-found");
                    }
                })
                .onFailure(failure -> {
                    // It may ask again.
                    asked.remove(productId);
                    sink.refuse(productId, "unavailable");
                });
    }

    /** The product ids of a well-formed message; nothing else is understood. */
    private static Optional<List<String>> parse(String text) {
        try {
            JsonObject message = new JsonObject(text);
            if (message.size() != 1 || !(message.getValue("subscribe") instanceof JsonArray products)) {
                return Optional.empty();
            }
            List<String> requested = new ArrayList<>();
            for (Object product : products) {
                if (!(product instanceof String productId)) {
                    return Optional.empty();
                }
                requested.add(productId);
            }
            return Optional.of(requested);
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
        }
    }
}
