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
 * Manages the live clients of one event loop and their subscriptions. For each product, it sends the newest event of
 * each kind at most ten times a second.
 *
 * <p>A new subscriber first gets a snapshot from Redis, which all subscribers within a tenth of a second share. All
 * snapshots are read again whenever events may have been missed. Belongs to that event loop.
 */
public final class SubscriptionHub {
    /**
     * Sets the limits.
     *
     * @param maxClients clients that may be connected to this node at once; one more is refused
     * @param maxProducts products that one WebSocket may subscribe to
     * @param heartbeat heartbeat interval; shorter than the idle timeout of the server and of proxies
     */
    public record Settings(int maxClients, int maxProducts, Duration heartbeat) {
        private static final Duration LONGEST = Duration.ofHours(1);

        /** Rejects values that cannot work. */
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

    private static final long SNAPSHOT_SHARED_MILLIS = 100;
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
     * Creates the hub and starts its heartbeat.
     *
     * @param exists looks up whether a product exists
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
        vertx.eventBus().<StockEvent>localConsumer(LiveVerticle.EVENTS, message -> onEvent(message.body()));
        vertx.eventBus().<String>localConsumer(LiveVerticle.MISSED, message -> refreshAll());
    }

    /** Returns whether a product exists; a product with subscribers is not looked up. */
    Future<Boolean> exists(String productId) {
        return byProduct.containsKey(productId) ? Future.succeededFuture(true) : exists.apply(productId);
    }

    boolean isFull() {
        return closed || metrics.isFull(settings.maxClients());
    }

    /** Registers a client; empty if the limit is reached or the node stops. */
    Optional<Listener> register(Listener.EventSink sink) {
        if (closed || !metrics.tryAcquire(settings.maxClients())) {
            return Optional.empty();
        }
        Listener listener = new Listener(sink);
        listeners.add(listener);
        return Optional.of(listener);
    }

    /** Removes a client that disconnected or is dropped. */
    void unregister(Listener listener) {
        if (listeners.remove(listener)) {
            metrics.release();
            listener.productIds().forEach(productId -> {
                ProductTopic topic = byProduct.get(productId);
                if (topic != null) {
                    topic.remove(listener);
                    forgetIfEmpty(topic);
                }
            });
        }
    }

    private void forgetIfEmpty(ProductTopic topic) {
        if (topic.isEmpty()) {
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
     * Subscribes a client to a product: it gets a snapshot, and then the events that follow.
     *
     * @param lastSeen the seq that the client has already seen, or 0
     */
    void subscribe(Listener listener, String productId, long lastSeen) {
        if (!listeners.contains(listener)) {
            return;
        }
        listener.subscribe(productId, lastSeen);
        ProductTopic topic = byProduct.computeIfAbsent(productId, ProductTopic::new);
        broadcasters.computeIfAbsent(productId, first -> new Broadcaster(vertx, topic, this::drop));
        if (recentlyRead.contains(topic) && topic.isSnapshotCurrentFor(listener)) {
            activate(topic, listener);
        } else {
            // Events are recorded from here on, so none is missed between the snapshot and the next event.
            topic.addPending(listener);
            snapshots.request(productId);
        }
    }

    private void activate(ProductTopic topic, Listener listener) {
        if (!topic.activate(listener)) {
            drop(listener);
        }
    }

    /** Reads all snapshots again, which makes up for missed events. */
    private void refreshAll() {
        Set.copyOf(byProduct.keySet()).forEach(snapshots::requestFresh);
    }

    private void snapshotRead(String productId, Future<Optional<StockEvent>> read) {
        ProductTopic topic = byProduct.get(productId);
        if (topic == null) {
            return;
        }
        if (read.succeeded() && read.result().isPresent()) {
            snapshotRead(topic, read.result().get());
            return;
        }
        if (read.succeeded()) {
            // There is no sale: it is about to be recovered, or the product was deleted.
            exists.apply(productId).onSuccess(found -> {
                if (!found) {
                    end(topic);
                }
            });
        }
        retryLater(topic);
    }

    /** Schedules another read if listeners still wait: it failed, or they have seen a newer event from another node. */
    private void retryLater(ProductTopic topic) {
        if (topic.hasPending() && retriesScheduled.add(topic)) {
            vertx.setTimer(RETRY_MILLIS, timer -> {
                retriesScheduled.remove(topic);
                if (byProduct.get(topic.productId()) == topic && topic.hasPending()) {
                    snapshots.request(topic.productId());
                }
            });
        }
    }

    private void snapshotRead(ProductTopic topic, StockEvent snapshot) {
        if (snapshot.deleted()) {
            end(topic);
            return;
        }
        if (recentlyRead.add(topic)) {
            vertx.setTimer(SNAPSHOT_SHARED_MILLIS, timer -> recentlyRead.remove(topic));
        }
        topic.applySnapshot(snapshot);
        onEvent(snapshot);
        retryLater(topic);
    }

    /** Activates the pending listeners that have not seen anything newer than the snapshot. */
    private void activatePending(ProductTopic topic, StockEvent snapshot) {
        topic.applySnapshot(snapshot);
        for (Listener listener : topic.pending()) {
            if (topic.isSnapshotCurrentFor(listener)) {
                activate(topic, listener);
            }
        }
    }

    private void onEvent(StockEvent event) {
        ProductTopic topic = byProduct.get(event.productId());
        if (topic == null) {
            return;
        }
        if (event.deleted()) {
            end(topic);
            return;
        }
        if (topic.record(event)) {
            broadcasters.get(event.productId()).onEvent(event);
        }
        if (event.kind() == StockEvent.Kind.UPDATED && topic.hasPending()) {
            activatePending(topic, event);
        }
    }

    /** Ends the topic of a deleted product. */
    private void end(ProductTopic topic) {
        forget(topic);
        for (Listener listener : topic.removeAll()) {
            if (!listener.onProductDeleted(topic.productId())) {
                unregister(listener);
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
        unregister(listener);
        listener.drop();
    }

    /** Closes all connections, so that a stopping node does not wait for connections that never end. */
    public void close() {
        closed = true;
        heartbeat.stop();
        List.copyOf(listeners).forEach(listener -> {
            unregister(listener);
            listener.close();
        });
    }
}
