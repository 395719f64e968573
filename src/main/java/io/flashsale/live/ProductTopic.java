package io.flashsale.live;

import io.flashsale.live.StockEvent.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A product that somebody listens to: who does, and the newest of each kind that was heard of it.
 *
 * <p>Belongs to one event loop.
 */
final class ProductTopic {
    private static final Comparator<StockEvent> BY_SEQ = Comparator.comparingLong(StockEvent::seq);

    private final String productId;
    private final Set<Listener> audience = new HashSet<>();
    private final Set<Listener> waiting = new HashSet<>();
    private final Map<Kind, StockEvent> newest = new EnumMap<>(Kind.class);
    private StockEvent snapshot;
    private long lastPublished;

    ProductTopic(String productId) {
        this.productId = productId;
    }

    String productId() {
        return productId;
    }

    /** Lets a client wait for the next look. */
    void await(Listener listener) {
        waiting.add(listener);
    }

    boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** Who is told what happens. */
    List<Listener> audience() {
        return List.copyOf(audience);
    }

    /** Who waits to be told how it stands. */
    List<Listener> waiting() {
        return List.copyOf(waiting);
    }

    void leave(Listener listener) {
        audience.remove(listener);
        waiting.remove(listener);
    }

    /** Nobody is told anything any more; who was, or waited to be. */
    List<Listener> leaveAll() {
        List<Listener> all = new ArrayList<>(audience);
        all.addAll(waiting);
        audience.clear();
        waiting.clear();
        return all;
    }

    boolean isDeserted() {
        return audience.isEmpty() && waiting.isEmpty();
    }

    /**
     * Takes note of an event.
     *
     * @return whether it is news
     */
    boolean hear(StockEvent event) {
        StockEvent before = newest.get(event.kind());
        if (before != null && before.seq() >= event.seq()) {
            return false;
        }
        newest.put(event.kind(), event);
        return event.seq() > lastPublished;
    }

    /** Takes note of how the product stands. */
    void applySnapshot(StockEvent now) {
        snapshot = now;
    }

    /** Whether what was seen by the last look is no older than what the client saw elsewhere. */
    boolean isNewTo(Listener listener) {
        return snapshot != null && snapshot.seq() >= listener.seen(productId);
    }

    /** seq of the newest that was told. */
    long lastPublished() {
        return lastPublished;
    }

    /** Whether it is still told what happens. */
    boolean isTold(Listener listener) {
        return audience.contains(listener);
    }

    /** What was not told yet, in order; from now on it was. Empty where there is nothing new. */
    Optional<EventBatch> batch() {
        Optional<EventBatch> batch = since(lastPublished);
        lastPublished = batch.map(EventBatch::latest).orElse(lastPublished);
        return batch;
    }

    /** The newest of each kind after that. */
    Optional<EventBatch> since(long seq) {
        List<StockEvent> since = after(seq);
        return since.isEmpty() ? Optional.empty() : Optional.of(EventBatch.of(since));
    }

    private List<StockEvent> after(long seq) {
        List<StockEvent> after = new ArrayList<>(newest.values());
        StockEvent soldOut = newest.get(Kind.SOLD_OUT);
        // A look just after a sell-out bears its seq and says the same; nobody is told that number twice.
        after.removeIf(event -> event.seq() <= seq
                || (event.kind() == Kind.UPDATED && soldOut != null && soldOut.seq() == event.seq()));
        after.sort(BY_SEQ);
        return after;
    }

    /**
     * Begins with a client: how it stood at the last look, and what was heard since.
     *
     * @return false where the client does not read
     */
    boolean begin(Listener listener) {
        waiting.remove(listener);
        audience.add(listener);
        if (!listener.begin(snapshot)) {
            return false;
        }
        return since(snapshot.seq()).map(listener::tell).orElse(true);
    }
}
