package io.flashsale.http.middleware;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bounds the connections that one peer holds. Shared by all event loops of a node.
 *
 * <p>By the socket's peer, whoever it speaks for: behind a proxy the bound has to be as wide as the proxy's pool.
 */
public final class ConnectionLimit {
    private final int maxPerAddress;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    /** Makes a limit. */
    public ConnectionLimit(int maxPerAddress) {
        this.maxPerAddress = maxPerAddress;
    }

    /** Counts a connection; false where its peer has too many. Every one that entered has to leave. */
    boolean enter(HttpConnection connection) {
        return open.merge(peer(connection), 1, Integer::sum) <= maxPerAddress;
    }

    void leave(HttpConnection connection) {
        open.computeIfPresent(peer(connection), (address, held) -> held > 1 ? held - 1 : null);
    }

    private static String peer(HttpConnection connection) {
        return connection.remoteAddress() == null
                ? "unknown"
                : String.valueOf(connection.remoteAddress().hostAddress());
    }
}
