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

    private final SubscriptionHub room;
    private final ServerWebSocket socket;
    private final WebSocketSink outlet;
    private final Listener listener;
    private final Set<String> asked = new HashSet<>();
    private int messages;

    WebSocketSession(SubscriptionHub room, ServerWebSocket socket, WebSocketSink outlet, Listener listener) {
        this.room = room;
        this.socket = socket;
        this.outlet = outlet;
        this.listener = listener;
    }

    void hear(String text) {
        if (socket.isClosed()) {
            return;
        }
        Optional<List<String>> wanted = parse(text);
        if (wanted.isEmpty()) {
            socket.close(BAD_MESSAGE, "send {\"subscribe\":[\"product id\", ...]}");
            return;
        }
        List<String> added = wanted.get().stream().filter(asked::add).toList();
        if (asked.size() > room.maxProducts() || ++messages > MESSAGES_PER_PRODUCT * room.maxProducts()) {
            socket.close(POLICY, "at most " + room.maxProducts() + " products");
            return;
        }
        added.forEach(this::subscribe);
    }

    private void subscribe(String productId) {
        room.exists(productId)
                .onSuccess(there -> {
                    if (there) {
                        room.listen(listener, productId, 0);
                    } else {
                        outlet.refuse(productId, "not-found");
                    }
                })
                .onFailure(failure -> {
                    // It may ask again.
                    asked.remove(productId);
                    outlet.refuse(productId, "unavailable");
                });
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
