package io.flashsale.http.middleware;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits the open connections of one peer. All event loops of a node share it.
 *
 * <p>The peer is the other end of the socket. Behind a proxy, that is the proxy, so the limit must be at least the size
 * of its connection pool.
 */
public final class ConnectionLimit {
    private final int maxPerAddress;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    /** Creates a limit. */
    public ConnectionLimit(int maxPerAddress) {
        this.maxPerAddress = maxPerAddress;
    }

    /** Counts a connection and returns false if its peer has too many. Every call needs a {@link #release}. */
    boolean acquire(HttpConnection connection) {
        return open.merge(peer(connection), 1, Integer::sum) <= maxPerAddress;
    }

    void release(HttpConnection connection) {
        open.computeIfPresent(peer(connection), (address, held) -> held > 1 ? held - 1 : null);
    }

    private static String peer(HttpConnection connection) {
        return connection.remoteAddress() == null
                ? "unknown"
                : String.valueOf(connection.remoteAddress().hostAddress());
    }
}
