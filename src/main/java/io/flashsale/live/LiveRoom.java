package io.flashsale.live;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisLink;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The clients of one event loop that listen, and what they are told: at most ten times a second for each product, the
 * newest of each kind. What is told is built once, whoever listens. Belongs to that event loop.
 */
public final class LiveRoom {
    /**
     * What bounds it.
     *
     * @param maxClients that may listen on this node at once; one more is refused
     * @param maxProducts that one WebSocket may subscribe to
     * @param heartbeat between two signs of life; shorter than the idle time-out of the server and of proxies
     */
    public record Settings(int maxClients, int maxProducts, Duration heartbeat) {
        /** Refuses what cannot work. */
        public Settings {
            if (maxClients < 1) {
                throw new IllegalArgumentException("maxClients must be at least 1");
            }
            if (maxProducts < 1 || maxProducts > 1_000) {
                throw new IllegalArgumentException("maxProducts must be 1 to 1000");
            }
            if (heartbeat.toMillis() < 100) {
                throw new IllegalArgumentException("heartbeat must be at least 100ms");
            }
        }
    }

    private static final long TELL_EVERY_MILLIS = 100;

    private final Vertx vertx;
    private final RedisLink link;
    private final Settings settings;
    private final AtomicInteger clients;
    private final Script look = Script.load("look-2");
    private final Set<Listener> listeners = new HashSet<>();
    private final Map<String, Set<Listener>> byProduct = new HashMap<>();
    private final Map<String, Map<String, StockEvent>> toTell = new HashMap<>();
    private final Set<String> toldLately = new HashSet<>();
    private final long heartbeat;

    /**
     * Opens the room.
     *
     * @param clients how many listen on this node, shared by all rooms of it
     */
    public LiveRoom(Vertx vertx, RedisLink link, Settings settings, AtomicInteger clients) {
        this.vertx = vertx;
        this.link = link;
        this.settings = settings;
        this.clients = clients;
        this.heartbeat = vertx.setPeriodic(settings.heartbeat().toMillis(), timer -> heartbeat());
        vertx.eventBus().<StockEvent>localConsumer(LiveVerticle.EVENTS, message -> heard(message.body()));
        vertx.eventBus().<String>localConsumer(LiveVerticle.MISSED, message -> lookAgain());
    }

    /** Takes a client in; empty where the house is full. */
    Optional<Listener> enter(Listener.Outlet outlet) {
        if (clients.incrementAndGet() > settings.maxClients()) {
            clients.decrementAndGet();
            return Optional.empty();
        }
        Listener listener = new Listener(outlet);
        listeners.add(listener);
        return Optional.of(listener);
    }

    /** The client is gone, or is not wanted any more. */
    void leave(Listener listener) {
        if (listeners.remove(listener)) {
            clients.decrementAndGet();
            listener.productIds().forEach(productId -> {
                Set<Listener> others = byProduct.get(productId);
                if (others != null && others.remove(listener) && others.isEmpty()) {
                    byProduct.remove(productId);
                }
            });
        }
    }

    int maxProducts() {
        return settings.maxProducts();
    }

    /**
     * Tells the client how the product stands now, and from then on what happens to it.
     *
     * @param seq that the client has seen already, or 0
     */
    void listen(Listener listener, String productId, long seq) {
        listener.begin(productId, seq);
        byProduct.computeIfAbsent(productId, first -> new HashSet<>()).add(listener);
        // Listening first and looking then, nothing is missed in between; what is older than the look is not told.
        look(productId).onSuccess(now -> now.ifPresent(event -> tell(listener, event)));
    }

    private Future<Optional<StockEvent>> look(String productId) {
        return link.run(look, List.of(Keys.sale(productId), Keys.stock(productId)), List.of())
                .map(reply -> reply.asStrings().isEmpty()
                        ? Optional.empty()
                        : Optional.of(StockEvent.snapshot(
                                productId, reply.at(1).asLong(), reply.at(0).asLong())));
    }

    /** The subscription was lost and stands again: whatever was missed, this is how things are. */
    private void lookAgain() {
        Set.copyOf(byProduct.keySet())
                .forEach(productId -> look(productId).onSuccess(now -> now.ifPresent(this::heard)));
    }

    private void heard(StockEvent event) {
        if (!byProduct.containsKey(event.productId())) {
            return;
        }
        toTell.computeIfAbsent(event.productId(), first -> new LinkedHashMap<>())
                .merge(event.type(), event, (older, newer) -> newer.seq() >= older.seq() ? newer : older);
        if (!toldLately.contains(event.productId())) {
            tell(event.productId());
        }
    }

    private void tell(String productId) {
        Map<String, StockEvent> news = toTell.remove(productId);
        if (news == null) {
            toldLately.remove(productId);
            return;
        }
        toldLately.add(productId);
        vertx.setTimer(TELL_EVERY_MILLIS, timer -> tell(productId));
        List<StockEvent> inOrder = new ArrayList<>(news.values());
        inOrder.sort(java.util.Comparator.comparingLong(StockEvent::seq));
        Set<Listener> audience = byProduct.getOrDefault(productId, Set.of());
        for (Listener listener : List.copyOf(audience)) {
            inOrder.forEach(event -> tell(listener, event));
        }
    }

    private void tell(Listener listener, StockEvent event) {
        if (listeners.contains(listener) && !listener.tell(event)) {
            drop(listener);
        }
    }

    private void heartbeat() {
        for (Listener listener : List.copyOf(listeners)) {
            if (!listener.heartbeat()) {
                drop(listener);
            }
        }
    }

    private void drop(Listener listener) {
        leave(listener);
        listener.close();
    }

    /** Sends everybody home, so that a node which stops need not wait for connections that never end. */
    public void close() {
        vertx.cancelTimer(heartbeat);
        List.copyOf(listeners).forEach(this::drop);
    }
}
