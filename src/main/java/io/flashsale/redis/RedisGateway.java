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
 * One pipelined connection to Redis that reconnects for ever, with a time-out for every command and a bound on what may
 * be under way.
 *
 * <p>Belongs to the event loop on which it is used first; every verticle instance has its own. One connection held for
 * long carries two to three times what a pool does, and the client neither reconnects nor times out by itself.
 *
 * <p>While there is no connection every call fails at once with {@link RedisUnavailableException}.
 */
public final class RedisGateway {
    private static final Logger LOG = LoggerFactory.getLogger(RedisGateway.class);

    /**
     * How a link behaves.
     *
     * @param commandTimeout after which a command's outcome counts as unknown
     * @param maxInFlight commands that may await their answer at once; one more is refused
     * @param reconnectMin first pause between two attempts to connect; doubles up to {@code reconnectMax}, with jitter
     * @param reconnectMax longest pause between two attempts
     * @param heartbeat between two checks that the peer answers and is still the same server
     */
    public record Settings(
            Duration commandTimeout,
            int maxInFlight,
            Duration reconnectMin,
            Duration reconnectMax,
            Duration heartbeat) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Refuses what cannot work. */
        public Settings {
            new Requirements()
                    .that(isSane(commandTimeout), "commandTimeout must be 1ms to 1h")
                    .that(maxInFlight >= 1 && maxInFlight <= 60_000, "maxInFlight must be 1 to 60000")
                    .that(isSane(reconnectMin), "reconnectMin must be 1ms to 1h")
                    .that(
                            isSane(reconnectMax) && reconnectMax.compareTo(reconnectMin) >= 0,
                            "reconnectMax must be reconnectMin to 1h")
                    .that(isSane(heartbeat), "heartbeat must be 1ms to 1h")
                    .check();
        }

        private static boolean isSane(Duration value) {
            return value.toMillis() >= 1 && value.compareTo(LONGEST) <= 0;
        }
    }

    /** How errors begin that say nothing about the command: loading its data, a full disk or memory, too few replicas. */
    private static final List<String> NOT_NOW = List.of("LOADING", "CLUSTERDOWN", "MISCONF", "OOM", "NOREPLICAS");

    private final Vertx vertx;
    private final Settings settings;
    private final Heartbeat heartbeat;
    private final RedisOptions options;

    /** A client of its own for each connection: closing a connection alone gives it back to the client's pool. */
    private Redis client;

    private RedisConnection connection;
    private Future<Void> connecting;
    private ServerIdentity identity;
    /** Why the last attempt to connect failed, for an operator. */
    private String connectFailure = "";

    /** Why the last server that answered was not taken, or null. */
    private String refusal;

    private int inFlight;
    private int failedHeartbeats;
    private long reconnectDelayMillis;
    private volatile Context loop;
    private volatile boolean closed;
    private volatile boolean ending;

    /** For those who look from another thread. */
    private volatile boolean connected;

    /**
     * Makes a link that is not connected yet.
     *
     * @param options where Redis is
     */
    public RedisGateway(Vertx vertx, RedisOptions options, Settings settings) {
        this.vertx = vertx;
        this.settings = settings;
        this.heartbeat = new Heartbeat(vertx, settings.heartbeat(), this::beat);
        this.reconnectDelayMillis = settings.reconnectMin().toMillis();
        // Its own queue must be wider than our bound, or it refuses with an error that says nothing of a bound.
        RedisOptions own = new RedisOptions(options)
                .setMaxPoolSize(2)
                .setMaxPoolWaiting(8)
                .setMaxWaitingHandlers(65_536)
                // One shape for every answer; nothing here needs what the newer protocol adds.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2);
        own.getNetClientOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                // Counts for rediss:// only: a certificate for another host is none.
                .setHostnameVerificationAlgorithm("HTTPS")
                .setConnectTimeout((int) settings.commandTimeout().toMillis());
        this.options = own;
    }

    /**
     * Connects and keeps connected. Must be called on the event loop that will use the link.
     *
     * @return completes when the first attempt has ended, whichever way; {@link #identity} tells whether it succeeded, and
     *     why not
     */
    public Future<Void> start() {
        loop = vertx.getOrCreateContext();
        if (closed) {
            return Future.succeededFuture();
        }
        heartbeat.start();
        return connect().otherwiseEmpty();
    }

    /** The node is stopping: that connections end from now on is no news. */
    public void expectEnd() {
        ending = true;
    }

    /** Closes the connection for good; what is under way fails. May be called by any thread. */
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

    /** Whether there is a connection whose server has told its identity. May be asked by any thread. */
    public boolean isConnected() {
        return connected;
    }

    /** Commands that await their answer. */
    public int inFlight() {
        return inFlight;
    }

    /**
     * Who answers on this connection, as last read. A sale may only be touched by scripts that name it.
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
     * Reads the identity anew; a promotion can change it under a connection that stays open.
     *
     * @return fails with {@link RedisUnavailableException} too where the server has none: nothing could be certified by it
     */
    public Future<ServerIdentity> readIdentity() {
        // The connection is remembered, so that a late answer cannot speak for its successor.
        RedisConnection asked = connection;
        return send(Command.INFO, "server", "replication", "memory").compose(info -> {
            ServerIdentity read = ServerIdentity.parse(info.asString());
            if (asked == connection) {
                identity = read.isIdentified() ? read : null;
                refusal = read.isIdentified() ? null : read.rejection().orElseThrow();
            }
            return read.isIdentified()
                    ? Future.succeededFuture(read)
                    : Future.failedFuture(
                            new RedisUnavailableException(read.rejection().orElseThrow(), false));
        });
    }

    /** Why the server that answers is not taken; empty where it is, and where none answers. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    private RedisUnavailableException unconnected() {
        return new RedisUnavailableException(
                refusal == null ? "no connection to Redis" + connectFailure : refusal, false);
    }

    /**
     * Runs a script by its hash, and by its source where Redis does not have it yet: scripts load on demand, since a
     * restarted server has none.
     *
     * @param keys exactly as many as the script's name says
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
            return Future.failedFuture(new RedisUnavailableException("too many commands under way", false));
        }
        inFlight++;
        Future<Response> answer = Futures.attempt(() -> current.send(request));
        answer.onComplete(done -> inFlight--);
        return answer.timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .map(Reply::of)
                .recover(failure -> Future.failedFuture(classify(current, failure)));
    }

    private Throwable classify(RedisConnection used, Throwable failure) {
        // The client's own word for a connection that ended under a command, in the guise of a server's error.
        if (!(failure instanceof ErrorType) || "CONNECTION_CLOSED".equals(failure.getMessage())) {
            return new RedisUnavailableException("no answer from Redis", true);
        }
        String message = String.valueOf(failure.getMessage());
        if (message.startsWith("READONLY") || message.startsWith("MOVED") || message.startsWith("MASTERDOWN")) {
            // The peer is no longer the one that was certified, and by now another may answer at the same address.
            if (used == connection) {
                drop("Redis is not a master here");
                scheduleReconnect();
            }
            return new RedisUnavailableException("Redis is not a master here", false);
        }
        if (NOT_NOW.stream().anyMatch(message::startsWith)) {
            return new RedisUnavailableException("Redis does not accept commands now: " + message, false);
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
                    // A connection that comes too late must not stay open beside its successor.
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
                .onFailure(failure -> drop(refusal == null ? "Redis did not tell who it is" : refusal))
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
        if (!closed && !ending) {
            LOG.atWarn().addKeyValue("reason", reason).log("connection to Redis dropped");
        }
        return client.close()
                .onFailure(failure -> LOG.atDebug().log("a dead connection was closed already"))
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
        RedisConnection asked = connection;
        if (asked == null || connecting != null) {
            return;
        }
        readIdentity().onSuccess(read -> failedHeartbeats = 0).onFailure(failure -> {
            // A black hole keeps a connection open for ever; two silent beats end it.
            if (asked == connection && ++failedHeartbeats >= 2) {
                drop(refusal == null ? "Redis does not answer" : refusal);
                scheduleReconnect();
            }
        });
    }
}
