package io.flashsale.live;

import io.flashsale.domain.Requirements;
import io.flashsale.redis.Heartbeat;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The clients of one event loop that listen, and what they are told: at most ten times a second for each product, the
 * newest of each kind.
 *
 * <p>Whoever comes is told how the product stands, from a look at Redis that all who come within a tenth of a second
 * share; and everything is looked at again whenever something may have been missed. Belongs to that event loop.
 */
public final class SubscriptionHub {
    /**
     * What bounds it.
     *
     * @param maxClients that may listen on this node at once; one more is refused
     * @param maxProducts that one WebSocket may subscribe to
     * @param heartbeat between two signs of life; shorter than the idle time-out of the server and of proxies
     */
    public record Settings(int maxClients, int maxProducts, Duration heartbeat) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Refuses what cannot work. */
        public Settings {
            new Requirements()
                    .that(maxClients >= 1, "maxClients must be at least 1")
                    .that(maxProducts >= 1 && maxProducts <= 1_000, "maxProducts must be 1 to 1000")
                    .that(
                            heartbeat.toMillis() >= 100 && heartbeat.compareTo(LONGEST) <= 0,
                            "heartbeat must be 100ms to 1h")
                    .check();
        }
    }

    private static final long SNAPSHOT_FRESH_MILLIS = 100;
    private static final long RETRY_MILLIS = 1_000;

    private final Vertx vertx;
    private final Settings settings;
    private final LiveMetrics metrics;
    private final Function<String, Future<Boolean>> exists;
    private final SnapshotReader snapshots;
    private final Set<Listener> listeners = new HashSet<>();
    private final Map<String, ProductTopic> byProduct = new HashMap<>();
    private final Map<String, Broadcaster> broadcasters = new HashMap<>();
    private final Set<ProductTopic> recentlyRead = new HashSet<>();
    private final Set<ProductTopic> retriesScheduled = new HashSet<>();
    private final Heartbeat heartbeat;
    private boolean closed;

    /**
     * Opens the room.
     *
     * @param exists whether there is such a product
     */
    public SubscriptionHub(
            Vertx vertx,
            RedisGateway redis,
            Settings settings,
            LiveMetrics metrics,
            Function<String, Future<Boolean>> exists) {
        this.vertx = vertx;
        this.settings = settings;
        this.metrics = metrics;
        this.exists = exists;
        this.snapshots = new SnapshotReader(redis, this::snapshotRead);
        this.heartbeat = new Heartbeat(vertx, settings.heartbeat(), this::beat);
        heartbeat.start();
        vertx.eventBus().<StockEvent>localConsumer(LiveVerticle.EVENTS, message -> heard(message.body()));
        vertx.eventBus().<String>localConsumer(LiveVerticle.MISSED, message -> refreshAll());
    }

    /** Whether there is such a product; one that others listen to is not asked for. */
    Future<Boolean> exists(String productId) {
        return byProduct.containsKey(productId) ? Future.succeededFuture(true) : exists.apply(productId);
    }

    boolean isFull() {
        return closed || metrics.isFull(settings.maxClients());
    }

    /** Takes a client in; empty where the house is full. */
    Optional<Listener> enter(Listener.EventSink sink) {
        if (closed || !metrics.enter(settings.maxClients())) {
            return Optional.empty();
        }
        Listener listener = new Listener(sink);
        listeners.add(listener);
        return Optional.of(listener);
    }

    /** The client is gone, or is not wanted any more. */
    void leave(Listener listener) {
        if (listeners.remove(listener)) {
            metrics.leave();
            listener.productIds().forEach(productId -> {
                ProductTopic topic = byProduct.get(productId);
                if (topic != null) {
                    topic.leave(listener);
                    forgetIfDeserted(topic);
                }
            });
        }
    }

    private void forgetIfDeserted(ProductTopic topic) {
        if (topic.isDeserted()) {
            forget(topic);
        }
    }

    private void forget(ProductTopic topic) {
        if (byProduct.remove(topic.productId(), topic)) {
            broadcasters.remove(topic.productId());
        }
    }

    int maxProducts() {
        return settings.maxProducts();
    }

    /**
     * Tells the client how the product stands now, and from then on what happens to it.
     *
     * @param lastSeen seq that the client has seen already, or 0
     */
    void listen(Listener listener, String productId, long lastSeen) {
        if (!listeners.contains(listener)) {
            return;
        }
        listener.come(productId, lastSeen);
        ProductTopic topic = byProduct.computeIfAbsent(productId, ProductTopic::new);
        broadcasters.computeIfAbsent(productId, first -> new Broadcaster(vertx, topic, this::drop));
        if (recentlyRead.contains(topic) && topic.isNewTo(listener)) {
            begin(topic, listener);
        } else {
            // Events are heard from here on, so nothing is missed between the look and what comes after it.
            topic.await(listener);
            snapshots.request(productId);
        }
    }

    private void begin(ProductTopic topic, Listener listener) {
        if (!topic.begin(listener)) {
            drop(listener);
        }
    }

    /** Whatever was missed, this is how things are. */
    private void refreshAll() {
        Set.copyOf(byProduct.keySet()).forEach(snapshots::requestFresh);
    }

    private void snapshotRead(String productId, Future<Optional<StockEvent>> seen) {
        ProductTopic topic = byProduct.get(productId);
        if (topic == null) {
            return;
        }
        if (seen.succeeded() && seen.result().isPresent()) {
            snapshotRead(topic, seen.result().get());
            return;
        }
        if (seen.succeeded()) {
            // No sale: it is about to be recovered, or the product was deleted.
            exists.apply(productId).onSuccess(there -> {
                if (!there) {
                    gone(topic);
                }
            });
        }
        retryLater(topic);
    }

    /** Somebody waits who could not be told how it stands, or had seen something newer elsewhere. */
    private void retryLater(ProductTopic topic) {
        if (topic.isAwaited() && retriesScheduled.add(topic)) {
            vertx.setTimer(RETRY_MILLIS, timer -> {
                retriesScheduled.remove(topic);
                if (byProduct.get(topic.productId()) == topic && topic.isAwaited()) {
                    snapshots.request(topic.productId());
                }
            });
        }
    }

    private void snapshotRead(ProductTopic topic, StockEvent now) {
        if (now.last()) {
            gone(topic);
            return;
        }
        if (recentlyRead.add(topic)) {
            vertx.setTimer(SNAPSHOT_FRESH_MILLIS, timer -> recentlyRead.remove(topic));
        }
        topic.applySnapshot(now);
        heard(now);
        retryLater(topic);
    }

    /** Begins with everybody who waits and has seen nothing newer. */
    private void beginWith(ProductTopic topic, StockEvent snapshot) {
        topic.applySnapshot(snapshot);
        for (Listener listener : topic.waiting()) {
            if (topic.isNewTo(listener)) {
                begin(topic, listener);
            }
        }
    }

    private void heard(StockEvent event) {
        ProductTopic topic = byProduct.get(event.productId());
        if (topic == null) {
            return;
        }
        if (event.last()) {
            gone(topic);
            return;
        }
        if (topic.hear(event)) {
            broadcasters.get(event.productId()).heard(event);
        }
        if (event.kind() == StockEvent.Kind.UPDATED && topic.isAwaited()) {
            beginWith(topic, event);
        }
    }

    /** The product was deleted. */
    private void gone(ProductTopic topic) {
        forget(topic);
        for (Listener listener : topic.leaveAll()) {
            if (!listener.gone(topic.productId())) {
                leave(listener);
            }
        }
    }

    private void beat() {
        for (Listener listener : List.copyOf(listeners)) {
            if (!listener.heartbeat()) {
                drop(listener);
            }
        }
        refreshAll();
    }

    private void drop(Listener listener) {
        if (listeners.contains(listener)) {
            metrics.dropped();
        }
        leave(listener);
        listener.drop();
    }

    /** Sends everybody home, so that a node which stops need not wait for connections that never end. */
    public void close() {
        closed = true;
        heartbeat.stop();
        List.copyOf(listeners).forEach(listener -> {
            leave(listener);
            listener.end();
        });
    }
}
