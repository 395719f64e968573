package io.flashsale.redis;

import io.flashsale.async.Futures;
import io.flashsale.domain.Requirements;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains one pipelined connection to Redis: reconnects for ever, applies a timeout to every command, and bounds the
 * commands in flight.
 *
 * <p>Belongs to the event loop on which it is used first; every verticle instance has its own. One long-lived
 * connection has two to three times the throughput of a pool, and the client neither reconnects nor times out by
 * itself.
 *
 * <p>Without a connection every call fails at once with {@link RedisUnavailableException}.
 */
public final class RedisGateway {
    private static final Logger LOG = LoggerFactory.getLogger(RedisGateway.class);

    /**
     * Configures a connection.
     *
     * @param commandTimeout time after which the outcome of a command counts as unknown
     * @param maxInFlight commands that may be in flight at once; one more is refused
     * @param reconnectMin first back-off between two attempts to connect; doubles up to {@code reconnectMax}, with
     *     jitter
     * @param reconnectMax longest back-off between two attempts
     * @param heartbeat interval of the checks that the peer answers and is still the same server
     */
    public record Settings(
            Duration commandTimeout,
            int maxInFlight,
            Duration reconnectMin,
            Duration reconnectMax,
            Duration heartbeat) {
        private static final Duration MAX_DURATION = Duration.ofHours(1);

        /** Rejects values that cannot work. */
        public Settings {
            new Requirements()
                    .that(isInRange(commandTimeout), "commandTimeout must be 1ms to 1h")
                    .that(maxInFlight >= 1 && maxInFlight <= 60_000, "maxInFlight must be 1 to 60000")
                    .that(isInRange(reconnectMin), "reconnectMin must be 1ms to 1h")
                    .that(
                            isInRange(reconnectMax) && reconnectMax.compareTo(reconnectMin) >= 0,
                            "reconnectMax must be reconnectMin to 1h")
                    .that(isInRange(heartbeat), "heartbeat must be 1ms to 1h")
                    .check();
        }

        private static boolean isInRange(Duration value) {
            return value.toMillis() >= 1 && value.compareTo(MAX_DURATION) <= 0;
        }
    }

    /** Prefixes of errors that are unrelated to the command: loading data, a full disk or memory, too few replicas. */
    private static final List<String> TEMPORARY_ERRORS =
            List.of("LOADING", "CLUSTERDOWN", "MISCONF", "OOM", "NOREPLICAS");

    private final Vertx vertx;
    private final Settings settings;
    private final Heartbeat heartbeat;
    private final RedisOptions options;

    /** Each connection has its own client, since closing a connection alone returns it to the pool of the client. */
    private Redis client;

    private RedisConnection connection;
    private Future<Void> connecting;
    private ServerIdentity identity;
    /** The reason why the last attempt to connect failed, for operators. */
    private String connectFailure = "";

    /** The reason why the last server that answered was rejected, or null. */
    private String refusal;

    private int inFlight;
    private int failedHeartbeats;
    private long reconnectDelayMillis;
    private volatile Context loop;
    private volatile boolean closed;
    private volatile boolean endExpected;

    /** Volatile, since other threads read it. */
    private volatile boolean connected;

    /**
     * Creates a gateway that is not connected.
     *
     * @param options the address of Redis
     */
    public RedisGateway(Vertx vertx, RedisOptions options, Settings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.heartbeat = new Heartbeat(vertx, settings.heartbeat(), this::beat);
        this.reconnectDelayMillis = settings.reconnectMin().toMillis();
        // The queue of the client must exceed our bound, or the client refuses commands with an unspecific error.
        RedisOptions own = new RedisOptions(options)
                .setMaxPoolSize(2)
                .setMaxPoolWaiting(8)
                .setMaxWaitingHandlers(65_536)
                // RESP2 gives every reply the same form, and no feature of RESP3 is needed.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2);
        own.getNetClientOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                // Applies to rediss:// only: a certificate for another host is rejected.
                .setHostnameVerificationAlgorithm("HTTPS")
                .setConnectTimeout((int) settings.commandTimeout().toMillis());
        this.options = own;
    }

    /**
     * Connects, and reconnects from then on. Must be called on the event loop that will use the connection.
     *
     * @return completes when the first attempt has succeeded or failed; {@link #identity} then succeeds, or fails with
     *     the reason
     */
    public Future<Void> start() {
        loop = vertx.getOrCreateContext();
        if (closed) {
            return Future.succeededFuture();
        }
        heartbeat.start();
        return connect().otherwiseEmpty();
    }

    /** Suppresses the warning about lost connections from now on, since the node is stopping. */
    public void expectEnd() {
        endExpected = true;
    }

    /** Closes the connection for good; commands in flight fail. May be called from any thread. */
    public Future<Void> close() {
        closed = true;
        Context owner = loop;
        if (owner == null) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        owner.runOnContext(now -> {
            heartbeat.stop();
            drop("closed by this node").onComplete(done);
        });
        return done.future();
    }

    /** Returns whether there is a connection to a server with a known identity. May be called from any thread. */
    public boolean isConnected() {
        return connected;
    }

    /** Returns the number of commands in flight. */
    public int inFlight() {
        return inFlight;
    }

    /**
     * Returns the identity of the server on this connection, as last read. Scripts may change a sale only if they pass
     * it.
     *
     * @return fails with {@link RedisUnavailableException} without a connection
     */
    public Future<ServerIdentity> identity() {
        if (connection == null) {
            return Future.failedFuture(unconnected());
        }
        return identity != null ? Future.succeededFuture(identity) : readIdentity();
    }

    /**
     * Reads the identity again; a promotion can change it on an open connection.
     *
     * @return fails with {@link RedisUnavailableException} also if the server hides it, since no sale could be
     *     certified
     */
    public Future<ServerIdentity> readIdentity() {
        // Remember the connection, so that a late reply is not taken for that of its successor.
        RedisConnection current = connection;
        return send(Command.INFO, "server", "replication", "memory").compose(info -> {
            ServerIdentity read = ServerIdentity.parse(info.asString());
            if (current == connection) {
                identity = read.isIdentified() ? read : null;
                refusal = read.isIdentified() ? null : read.rejection().orElseThrow();
            }
            return read.isIdentified()
                    ? Future.succeededFuture(read)
                    : Future.failedFuture(
                            new RedisUnavailableException(read.rejection().orElseThrow(), false));
        });
    }

    /** Returns why the server is rejected; empty if it is accepted or does not response. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    private RedisUnavailableException unconnected() {
        return new RedisUnavailableException(
                refusal == null ? "no connection to Redis" + connectFailure : refusal, false);
    }

    /**
     * Runs a script by its hash, or by its source if Redis does not have it: scripts load on demand, since a restarted
     * server has none.
     *
     * @param keys exactly as many as the name of the script says
     */
    public Future<Reply> run(Script script, List<String> keys, List<String> arguments) {
        if (keys.size() != script.keyCount()) {
            throw new IllegalArgumentException(script + " does not take " + keys.size() + " keys");
        }
        return send(evaluation(Command.EVALSHA, script.sha1(), keys, arguments)).recover(failure -> {
            if (failure instanceof RedisCommandException && failure.getMessage().startsWith("NOSCRIPT")) {
                return send(evaluation(Command.EVAL, script.source(), keys, arguments));
            }
            return Future.failedFuture(failure);
        });
    }

    /** Sends a plain command by its name, such as {@code GET}. */
    public Future<Reply> send(String command, String... arguments) {
        return send(Command.create(command), arguments);
    }

    private Future<Reply> send(Command command, String... arguments) {
        Request request = Request.cmd(command);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return send(request);
    }

    private static Request evaluation(Command how, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(how).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }

    private Future<Reply> send(Request request) {
        RedisConnection current = connection;
        if (current == null) {
            return Future.failedFuture(unconnected());
        }
        if (inFlight >= settings.maxInFlight()) {
            return Future.failedFuture(new RedisUnavailableException("too many commands in flight", false));
        }
        inFlight++;
        Future<Response> response = Futures.attempt(() -> current.send(request));
        response.onComplete(done -> inFlight--);
        return response.timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .map(Reply::of)
                .recover(failure -> Future.failedFuture(classify(current, failure)));
    }

    private Throwable classify(RedisConnection used, Throwable failure) {
        // The client reports a connection that ended during a command as if it were an error of the server.
        if (!(failure instanceof ErrorType) || "CONNECTION_CLOSED".equals(failure.getMessage())) {
            return new RedisUnavailableException("no reply from Redis", true);
        }
        String message = String.valueOf(failure.getMessage());
        if (message.startsWith("READONLY") || message.startsWith("MOVED") || message.startsWith("MASTERDOWN")) {
            // The peer is no longer the certified master, and another server may now answer at the same address.
            if (used == connection) {
                drop("Redis is not a master");
                scheduleReconnect();
            }
            return new RedisUnavailableException("Redis is not a master", false);
        }
        if (TEMPORARY_ERRORS.stream().anyMatch(message::startsWith)) {
            return new RedisUnavailableException("Redis does not accept commands: " + message, false);
        }
        return new RedisCommandException(message);
    }

    private Future<Void> connect() {
        if (connecting != null) {
            return connecting;
        }
        Redis attempt = Redis.createClient(vertx, options);
        connecting = Futures.attempt(attempt::connect)
                .timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .compose(fresh -> adopt(attempt, fresh))
                .onFailure(failure -> {
                    connectFailure = ": " + failure.getMessage();
                    // A connection that is established too late must not stay open beside its successor.
                    attempt.close();
                    scheduleReconnect();
                })
                .eventually(() -> {
                    connecting = null;
                    return Future.succeededFuture();
                });
        return connecting;
    }

    private Future<Void> adopt(Redis attempt, RedisConnection fresh) {
        if (closed) {
            return attempt.close();
        }
        client = attempt;
        connection = fresh;
        identity = null;
        failedHeartbeats = 0;
        fresh.exceptionHandler(failure -> lost(fresh));
        fresh.endHandler(end -> lost(fresh));
        return readIdentity()
                .onSuccess(read -> {
                    connected = connection == fresh;
                    connectFailure = "";
                    reconnectDelayMillis = settings.reconnectMin().toMillis();
                    LOG.atInfo().addKeyValue("server", read).log("connected to Redis");
                })
                .onFailure(failure -> drop(refusal == null ? "identity of Redis not read" : refusal))
                .mapEmpty();
    }

    private void lost(RedisConnection gone) {
        if (gone == connection) {
            drop("connection to Redis lost");
            scheduleReconnect();
        }
    }

    private Future<Void> drop(String reason) {
        RedisConnection gone = connection;
        connection = null;
        identity = null;
        connected = false;
        if (gone == null) {
            return Future.succeededFuture();
        }
        if (!closed && !endExpected) {
            LOG.atWarn().addKeyValue("reason", reason).log("connection to Redis dropped");
        }
        return client.close()
                .onFailure(failure -> LOG.atDebug().log("closing a lost connection failed"))
                .otherwiseEmpty();
    }

    private void scheduleReconnect() {
        if (closed) {
            return;
        }
        long jitter = ThreadLocalRandom.current().nextLong(reconnectDelayMillis / 2 + 1);
        long delay = reconnectDelayMillis / 2 + jitter + 1;
        reconnectDelayMillis =
                Math.min(reconnectDelayMillis * 2, settings.reconnectMax().toMillis());
        vertx.setTimer(delay, timer -> {
            if (!closed && connection == null) {
                connect();
            }
        });
    }

    private void beat() {
        RedisConnection current = connection;
        if (current == null || connecting != null) {
            return;
        }
        readIdentity().onSuccess(read -> failedHeartbeats = 0).onFailure(failure -> {
            // A network that drops packets keeps a connection open for ever; two failed heartbeats end it.
            if (current == connection && ++failedHeartbeats >= 2) {
                drop(refusal == null ? "Redis does not answer" : refusal);
                scheduleReconnect();
            }
        });
    }
}
