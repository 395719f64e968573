package io.flashsale.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds one client and its subscriptions. The events of a product begin with a snapshot, and their seq never falls.
 *
 * <p>Belongs to one event loop.
 */
final class Listener {
    /** Writes events to the client. */
    interface EventSink {
        /**
         * Sends a batch.
         *
         * @return false if the client does not read: it is then dropped
         */
        boolean send(EventBatch batch);

        /** Keeps the connection and proxies from timing out; returns false as {@link #send} does. */
        boolean heartbeat();

        /**
         * Notifies the client that a product was deleted.
         *
         * @return whether the client stays connected for other products
         */
        boolean onProductDeleted(String productId);

        /** Closes the connection because the node stops; the client will reconnect, perhaps to another node. */
        void close();

        /** Closes the connection of a client that does not read, and discards its queue. */
        void drop();
    }

    private final EventSink sink;
    private final Map<String, Long> lastSeqs = new HashMap<>();

    Listener(EventSink sink) {
        this.sink = sink;
    }

    /**
     * Subscribes to a product.
     *
     * @param lastSeen the seq that the client has already seen, or 0
     */
    void subscribe(String productId, long lastSeen) {
        lastSeqs.putIfAbsent(productId, lastSeen);
    }

    /** Returns the last seq of the product that the client has seen, or 0. */
    long lastSeen(String productId) {
        return lastSeqs.getOrDefault(productId, 0L);
    }

    Iterable<String> productIds() {
        return lastSeqs.keySet();
    }

    /** Sends the snapshot, even if the client has already seen its seq; returns false as {@link #send} does. */
    boolean sendSnapshot(StockEvent snapshot) {
        EventBatch batch = EventBatch.of(List.of(snapshot));
        return snapshot.seq() == lastSeen(snapshot.productId()) ? sink.send(batch) : send(batch);
    }

    /** Sends the events that the client has not seen; returns false if the client does not read. */
    boolean send(EventBatch batch) {
        long lastSeen = lastSeen(batch.productId());
        if (batch.lastSeq() <= lastSeen) {
            return true;
        }
        lastSeqs.put(batch.productId(), batch.lastSeq());
        return sink.send(batch.after(lastSeen));
    }

    /** Removes the subscription; see {@link EventSink#onProductDeleted}. */
    boolean onProductDeleted(String productId) {
        lastSeqs.remove(productId);
        return sink.onProductDeleted(productId);
    }

    boolean heartbeat() {
        return sink.heartbeat();
    }

    void close() {
        sink.close();
    }

    void drop() {
        sink.drop();
    }
}
