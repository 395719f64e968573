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
 * Holds the listeners of one product and the newest event of each kind.
 *
 * <p>Belongs to one event loop.
 */
final class ProductTopic {
    private static final Comparator<StockEvent> BY_SEQ = Comparator.comparingLong(StockEvent::seq);

    private final String productId;
    private final Set<Listener> subscribers = new HashSet<>();
    private final Set<Listener> pending = new HashSet<>();
    private final Map<Kind, StockEvent> newest = new EnumMap<>(Kind.class);
    private StockEvent snapshot;
    private long lastPublished;

    ProductTopic(String productId) {
        this.productId = productId;
    }

    String productId() {
        return productId;
    }

    /** Adds a listener that waits for the next snapshot. */
    void addPending(Listener listener) {
        pending.add(listener);
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    /** Returns the listeners that receive events. */
    List<Listener> subscribers() {
        return List.copyOf(subscribers);
    }

    /** Returns the listeners that wait for a snapshot. */
    List<Listener> pending() {
        return List.copyOf(pending);
    }

    void remove(Listener listener) {
        subscribers.remove(listener);
        pending.remove(listener);
    }

    /** Removes and returns all listeners. */
    List<Listener> removeAll() {
        List<Listener> all = new ArrayList<>(subscribers);
        all.addAll(pending);
        subscribers.clear();
        pending.clear();
        return all;
    }

    boolean isEmpty() {
        return subscribers.isEmpty() && pending.isEmpty();
    }

    /**
     * Records an event.
     *
     * @return whether it is newer than the last published event
     */
    boolean record(StockEvent event) {
        StockEvent before = newest.get(event.kind());
        if (before != null && before.seq() >= event.seq()) {
            return false;
        }
        newest.put(event.kind(), event);
        return event.seq() > lastPublished;
    }

    /** Records the current state of the product. */
    void applySnapshot(StockEvent now) {
        snapshot = now;
    }

    /**
     * Returns whether the snapshot is at least as new as the last event that the client has seen, perhaps from another
     * node.
     */
    boolean isSnapshotCurrentFor(Listener listener) {
        return snapshot != null && snapshot.seq() >= listener.lastSeen(productId);
    }

    /** Returns the seq of the newest event that was published. */
    long lastPublished() {
        return lastPublished;
    }

    /** Returns whether a listener still receives events. */
    boolean isSubscribed(Listener listener) {
        return subscribers.contains(listener);
    }

    /** Returns the unpublished events in order, and marks them as published; empty if there are none. */
    Optional<EventBatch> batch() {
        Optional<EventBatch> batch = since(lastPublished);
        lastPublished = batch.map(EventBatch::lastSeq).orElse(lastPublished);
        return batch;
    }

    /** Returns the newest event of each kind after a seq. */
    Optional<EventBatch> since(long seq) {
        List<StockEvent> since = after(seq);
        return since.isEmpty() ? Optional.empty() : Optional.of(EventBatch.of(since));
    }

    private List<StockEvent> after(long seq) {
        List<StockEvent> after = new ArrayList<>(newest.values());
        StockEvent soldOut = newest.get(Kind.SOLD_OUT);
        // A snapshot just after a sell-out has the same seq and content. Each seq is sent only once.
        after.removeIf(event -> event.seq() <= seq
                || (event.kind() == Kind.UPDATED && soldOut != null && soldOut.seq() == event.seq()));
        after.sort(BY_SEQ);
        return after;
    }

    /**
     * Activates a pending listener: sends the snapshot and the events since.
     *
     * @return false if the client does not read
     */
    boolean activate(Listener listener) {
        pending.remove(listener);
        subscribers.add(listener);
        if (!listener.sendSnapshot(snapshot)) {
            return false;
        }
        return since(snapshot.seq()).map(listener::send).orElse(true);
    }
}
