package io.flashsale.redis;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscribes to one channel, and reconnects whenever the connection is lost or no longer delivers messages.
 *
 * <p>A subscribed connection only sends SUBSCRIBE, since other replies would be mixed up with messages. To check the
 * connection, the node subscribes to a second channel of its own, and publishes heartbeats to it over another
 * connection. Belongs to the event loop that starts it.
 */
public final class RedisSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSubscriber.class);
    private static final int MAX_MISSED_HEARTBEATS = 3;

    private final Vertx vertx;
    private final RedisOptions options;
    private final RedisGateway gateway;
    private final RedisGateway.Settings settings;
    private final Heartbeat heartbeat;
    private final String channel;
    private final String heartbeatChannel = "pubsub:heartbeat:" + UUID.randomUUID();

    private Consumer<String> onMessage = message -> {};
    private Runnable onSubscribed = () -> {};
    private Redis client;
    private int missedHeartbeats;
    private long delayMillis;
    private boolean closed;

    /**
     * Creates a subscriber.
     *
     * @param gateway publishes the heartbeats; owned by this subscriber
     */
    public RedisSubscriber(
            Vertx vertx, RedisOptions options, RedisGateway gateway, RedisGateway.Settings settings, String channel) {
        this.vertx = vertx;
        this.options = new RedisOptions(options).setMaxPoolSize(1).setPreferredProtocolVersion(ProtocolVersion.RESP2);
        this.gateway = gateway;
        this.settings = settings;
        this.heartbeat = new Heartbeat(vertx, settings.heartbeat(), this::beat);
        this.channel = channel;
        this.delayMillis = settings.reconnectMin().toMillis();
    }

    /**
     * Starts the subscription.
     *
     * @param messageHandler called with every message
     * @param subscribedHandler called after every new subscription, since earlier messages may have been missed
     */
    public void start(Consumer<String> messageHandler, Runnable subscribedHandler) {
        onMessage = messageHandler;
        onSubscribed = subscribedHandler;
        heartbeat.start();
        connect();
    }

    /** Stops for good, and closes the gateway. */
    public Future<Void> close() {
        closed = true;
        heartbeat.stop();
        return drop().eventually(gateway::close);
    }

    private void connect() {
        Redis attempt = Redis.createClient(vertx, options);
        client = attempt;
        missedHeartbeats = 0;
        Futures.attempt(attempt::connect)
                .compose(connection -> subscribe(attempt, connection))
                .timeout(settings.commandTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(subscribed -> {
                    delayMillis = settings.reconnectMin().toMillis();
                    onSubscribed.run();
                })
                .onFailure(failure -> lost(attempt));
    }

    private Future<Response> subscribe(Redis attempt, RedisConnection connection) {
        if (attempt != client) {
            // The connection came too late: its successor has subscribed or is about to.
            attempt.close();
            return Future.failedFuture(new RedisUnavailableException("connected too late", false));
        }
        connection.handler(this::receive);
        connection.endHandler(ended -> lost(attempt));
        connection.exceptionHandler(failure -> lost(attempt));
        return connection.send(Request.cmd(Command.SUBSCRIBE).arg(channel).arg(heartbeatChannel));
    }

    private void receive(Response message) {
        boolean isMessage = message.type() == ResponseType.MULTI
                && message.size() == 3
                && message.get(0).toString().equals("message");
        if (!isMessage) {
            return;
        }
        if (message.get(1).toString().equals(heartbeatChannel)) {
            missedHeartbeats = 0;
        } else {
            onMessage.accept(message.get(2).toString());
        }
    }

    private void beat() {
        if (client == null) {
            return;
        }
        // If publishing fails, missing heartbeats say nothing about the subscription; a later beat checks it.
        gateway.send("PUBLISH", heartbeatChannel, "").onSuccess(published -> {
            if (++missedHeartbeats > MAX_MISSED_HEARTBEATS) {
                lost(client);
            }
        });
    }

    private void lost(Redis gone) {
        if (closed || gone != client) {
            return;
        }
        drop();
        long delay = delayMillis / 2 + ThreadLocalRandom.current().nextLong(delayMillis / 2 + 1) + 1;
        delayMillis = Math.min(delayMillis * 2, settings.reconnectMax().toMillis());
        LOG.atInfo()
                .addKeyValue("channel", channel)
                .addKeyValue("delayMillis", delay)
                .log("Redis subscription lost, reconnecting");
        vertx.setTimer(delay, timer -> {
            if (!closed && client == null) {
                connect();
            }
        });
    }

    private Future<Void> drop() {
        Redis gone = client;
        client = null;
        return gone == null ? Future.succeededFuture() : gone.close().otherwiseEmpty();
    }
}
