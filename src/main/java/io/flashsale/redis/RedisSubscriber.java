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
 * Listens to one channel for ever: connects again whenever the connection is lost or has fallen silent.
 *
 * <p>On a subscribed connection nothing but SUBSCRIBE is sent, since replies and messages would be mixed up. Whether it is
 * alive is told by a second channel on which this node speaks to itself, over another link. Belongs to the event loop that
 * starts it.
 */
public final class RedisSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSubscriber.class);
    private static final int SILENT_BEATS = 3;

    private final Vertx vertx;
    private final RedisOptions options;
    private final RedisGateway link;
    private final RedisGateway.Settings settings;
    private final Heartbeat heartbeat;
    private final String channel;
    private final String ownChannel = "pubsub:heartbeat:" + UUID.randomUUID();

    private Consumer<String> onMessage = message -> {};
    private Runnable onSubscribed = () -> {};
    private Redis client;
    private int unanswered;
    private long delayMillis;
    private boolean closed;

    /**
     * Makes a subscriber.
     *
     * @param link over which it asks itself whether it still hears; nobody else's
     */
    public RedisSubscriber(
            Vertx vertx, RedisOptions options, RedisGateway link, RedisGateway.Settings settings, String channel) {
        this.vertx = vertx;
        this.options = new RedisOptions(options).setMaxPoolSize(1).setPreferredProtocolVersion(ProtocolVersion.RESP2);
        this.link = link;
        this.settings = settings;
        this.heartbeat = new Heartbeat(vertx, settings.heartbeat(), this::beat);
        this.channel = channel;
        this.delayMillis = settings.reconnectMin().toMillis();
    }

    /**
     * Begins to listen.
     *
     * @param messageHandler gets every message
     * @param subscribedHandler is called whenever a subscription stands anew: what was said before may have been missed
     */
    public void start(Consumer<String> messageHandler, Runnable subscribedHandler) {
        onMessage = messageHandler;
        onSubscribed = subscribedHandler;
        heartbeat.start();
        connect();
    }

    /** Stops for good, and closes the link that is its own. */
    public Future<Void> close() {
        closed = true;
        heartbeat.stop();
        return drop().eventually(link::close);
    }

    private void connect() {
        Redis attempt = Redis.createClient(vertx, options);
        client = attempt;
        unanswered = 0;
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
            // It came too late: its successor listens already, or is about to.
            attempt.close();
            return Future.failedFuture(new RedisUnavailableException("connected too late", false));
        }
        connection.handler(this::receive);
        connection.endHandler(ended -> lost(attempt));
        connection.exceptionHandler(failure -> lost(attempt));
        return connection.send(Request.cmd(Command.SUBSCRIBE).arg(channel).arg(ownChannel));
    }

    private void receive(Response message) {
        boolean isMessage = message.type() == ResponseType.MULTI
                && message.size() == 3
                && message.get(0).toString().equals("message");
        if (!isMessage) {
            return;
        }
        if (message.get(1).toString().equals(ownChannel)) {
            unanswered = 0;
        } else {
            onMessage.accept(message.get(2).toString());
        }
    }

    private void beat() {
        if (client == null) {
            return;
        }
        // Where the other link is down, too, silence says nothing about this one; it will be found out later.
        link.send("PUBLISH", ownChannel, "").onSuccess(heard -> {
            if (++unanswered > SILENT_BEATS) {
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
                .addKeyValue("inMillis", delay)
                .log("listening again");
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
