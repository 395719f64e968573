package io.flashsale.http.middleware;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of one event loop, none of which may keep the server waiting for longer than its patience.
 *
 * <p>An idle time-out alone does not stop a client that sends a byte now and then (Slowloris): each byte starts it
 * anew. Here only a whole request does.
 */
public final class Connections {
    private final ConnectionLimit limit;
    private final int maxIdleSweeps;
    private final Map<HttpConnection, State> open = new HashMap<>();

    /** What is known of one connection. */
    private static final class State {
        private HttpServerRequest latest;
        private int waitingSweeps;
        private boolean ending;

        /** Whether the client is to move: to send a request's head, or the rest of its body. */
        private boolean isWaiting() {
            if (latest == null || !latest.isEnded()) {
                return true;
            }
            boolean upgraded = latest.response().getStatusCode() == 101;
            return latest.response().ended() && !upgraded;
        }
    }

    /**
     * Makes the list.
     *
     * @param maxIdleSweeps in sweeps
     */
    public Connections(ConnectionLimit limit, int maxIdleSweeps) {
        this.limit = limit;
        this.maxIdleSweeps = maxIdleSweeps;
    }

    public void accept(HttpConnection connection) {
        boolean welcome = limit.enter(connection);
        open.put(connection, new State());
        connection.closeHandler(closed -> {
            open.remove(connection);
            limit.leave(connection);
        });
        if (!welcome) {
            connection.close();
        }
    }

    /**
     * Notes a request.
     *
     * @return whether it is to be answered: nothing is that follows a request announced as the last one
     */
    boolean begin(HttpServerRequest request) {
        State state = open.computeIfAbsent(request.connection(), connection -> new State());
        if (state.ending) {
            return false;
        }
        state.latest = request;
        state.waitingSweeps = 0;
        return true;
    }

    /** Nothing behind this request will be answered on its connection. */
    void endAfter(HttpServerRequest request) {
        State state = open.get(request.connection());
        if (state != null) {
            state.ending = true;
        }
    }

    /** Called at even intervals; closes what has waited too long. */
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
