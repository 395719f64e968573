package io.flashsale.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One client and the products it listens to. What it is told of a product begins with how that stands, and never goes back
 * in time.
 *
 * <p>Belongs to one event loop.
 */
final class Listener {
    /** The client's end of it. */
    interface EventSink {
        /**
         * Sends.
         *
         * @return false where the client does not read: it is dropped, not waited for
         */
        boolean send(EventBatch batch);

        /** Keeps the connection, and proxies in between, awake; false as for {@link #send}. */
        boolean heartbeat();

        /**
         * Nothing more will be heard of this product.
         *
         * @return whether the client stays, for others
         */
        boolean gone(String productId);

        /** The node stops; the client is to come back, to whichever is there then. */
        void end();

        /** The client does not read: what waits for it is thrown away. */
        void drop();
    }

    private final EventSink sink;
    private final Map<String, Long> latest = new HashMap<>();

    Listener(EventSink sink) {
        this.sink = sink;
    }

    /**
     * Comes for a product.
     *
     * @param lastSeen seq that the client has seen already, or 0
     */
    void come(String productId, long lastSeen) {
        latest.putIfAbsent(productId, lastSeen);
    }

    /** What it has seen of the product. */
    long seen(String productId) {
        return latest.getOrDefault(productId, 0L);
    }

    Iterable<String> productIds() {
        return latest.keySet();
    }

    /** Begins with how the product stands, also where the client has seen that before; false as for {@link #tell}. */
    boolean begin(StockEvent snapshot) {
        EventBatch batch = EventBatch.of(List.of(snapshot));
        return snapshot.seq() == seen(snapshot.productId()) ? sink.send(batch) : tell(batch);
    }

    /** Tells what is newer than what was told before; false where the client does not read. */
    boolean tell(EventBatch batch) {
        long seen = seen(batch.productId());
        if (batch.latest() <= seen) {
            return true;
        }
        latest.put(batch.productId(), batch.latest());
        return sink.send(batch.after(seen));
    }

    /** See {@link Outlet#gone}. */
    boolean gone(String productId) {
        latest.remove(productId);
        return sink.gone(productId);
    }

    boolean heartbeat() {
        return sink.heartbeat();
    }

    void end() {
        sink.end();
    }

    void drop() {
        sink.drop();
    }
}
