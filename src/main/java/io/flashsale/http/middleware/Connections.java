package io.flashsale.http.middleware;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Closes the connections of one event loop that keep the server waiting longer than the idle timeout.
 *
 * <p>An idle timeout of the socket alone does not stop a client that sends a byte now and then (Slowloris), because
 * each byte restarts it. Here only a complete request restarts it.
 */
public final class Connections {
    private final ConnectionLimit limit;
    private final int maxIdleSweeps;
    private final Map<HttpConnection, State> open = new HashMap<>();

    /** Tracks one connection. */
    private static final class State {
        private HttpServerRequest latest;
        private int waitingSweeps;
        private boolean closing;

        /** Returns whether the server waits for the client: for the head of a request or the rest of its body. */
        private boolean isWaiting() {
            if (latest == null || !latest.isEnded()) {
                return true;
            }
            boolean upgraded = latest.response().getStatusCode() == 101;
            return latest.response().ended() && !upgraded;
        }
    }

    /**
     * Creates an empty set of connections.
     *
     * @param maxIdleSweeps the idle timeout as a number of sweeps
     */
    public Connections(ConnectionLimit limit, int maxIdleSweeps) {
        this.limit = limit;
        this.maxIdleSweeps = maxIdleSweeps;
    }

    public void accept(HttpConnection connection) {
        boolean accepted = limit.acquire(connection);
        open.put(connection, new State());
        connection.closeHandler(closed -> {
            open.remove(connection);
            limit.release(connection);
        });
        if (!accepted) {
            connection.close();
        }
    }

    /**
     * Registers a request.
     *
     * @return whether to answer it; false if an earlier request was the last one of its connection
     */
    boolean begin(HttpServerRequest request) {
        State state = open.computeIfAbsent(request.connection(), connection -> new State());
        if (state.closing) {
            return false;
        }
        state.latest = request;
        state.waitingSweeps = 0;
        return true;
    }

    /** Marks a request as the last one of its connection; later ones are not answered. */
    void endAfter(HttpServerRequest request) {
        State state = open.get(request.connection());
        if (state != null) {
            state.closing = true;
        }
    }

    /** Closes connections that have waited too long. Must be called at a fixed interval. */
    public void sweep() {
        List<HttpConnection> tooSlow = new ArrayList<>();
        open.forEach((connection, state) -> {
            state.waitingSweeps = state.isWaiting() ? state.waitingSweeps + 1 : 0;
            if (state.waitingSweeps > maxIdleSweeps) {
                tooSlow.add(connection);
            }
        });
        tooSlow.forEach(HttpConnection::close);
    }
}
