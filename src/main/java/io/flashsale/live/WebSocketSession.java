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
 * Handles the messages of a client on its WebSocket. No rate limit applies once the socket is open, so the number of
 * messages and of requested products is bounded, whether the products exist or not.
 *
 * <p>Belongs to one event loop.
 */
final class WebSocketSession {
    /** RFC 6455, section 7.4.1. */
    private static final short BAD_MESSAGE = 1007;

    private static final short POLICY_VIOLATION = 1008;
    private static final int MESSAGES_PER_PRODUCT = 10;

    private final SubscriptionHub hub;
    private final ServerWebSocket socket;
    private final WebSocketSink sink;
    private final Listener listener;
    private final Set<String> subscribed = new HashSet<>();
    private int messages;

    WebSocketSession(SubscriptionHub hub, ServerWebSocket socket, WebSocketSink sink, Listener listener) {
        this.hub = hub;
        this.socket = socket;
        this.sink = sink;
        this.listener = listener;
    }

    void onMessage(String text) {
        if (socket.isClosed()) {
            return;
        }
        Optional<List<String>> requested = parse(text);
        if (requested.isEmpty()) {
            socket.close(BAD_MESSAGE, "send {\"subscribe\":[\"product id\", ...]}");
            return;
        }
        List<String> added = requested.get().stream().filter(subscribed::add).toList();
        if (subscribed.size() > hub.maxProducts() || ++messages > MESSAGES_PER_PRODUCT * hub.maxProducts()) {
            socket.close(POLICY_VIOLATION, "at most " + hub.maxProducts() + " products");
            return;
        }
        added.forEach(this::subscribe);
    }

    private void subscribe(String productId) {
        hub.exists(productId)
                .onSuccess(found -> {
                    if (found) {
                        hub.subscribe(listener, productId, 0);
                    } else {
                        sink.sendError(productId, "not-found");
                    }
                })
                .onFailure(failure -> {
                    // The client may retry.
                    subscribed.remove(productId);
                    sink.sendError(productId, "unavailable");
                });
    }

    /** Returns the product ids of a message; empty if the message is malformed. */
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
