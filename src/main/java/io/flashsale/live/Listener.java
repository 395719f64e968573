package io.flashsale.live;

import java.util.HashMap;
import java.util.Map;

/**
 * One client and the products it listens to. What it is told of a product never goes back in time.
 *
 * <p>Belongs to one event loop.
 */
final class Listener {
    /** The client's end of it. */
    interface Outlet {
        /**
         * Sends.
         *
         * @return false where the client does not read: it is dropped, not waited for
         */
        boolean send(StockEvent event);

        /** Keeps the connection, and proxies in between, awake; false as for {@link #send}. */
        boolean heartbeat();

        void close();
    }

    private final Outlet outlet;
    private final Map<String, Long> latest = new HashMap<>();

    Listener(Outlet outlet) {
        this.outlet = outlet;
    }

    /**
     * Begins with a product.
     *
     * @param seq that the client has seen already, or 0
     */
    void begin(String productId, long seq) {
        latest.putIfAbsent(productId, seq - 1);
    }

    int products() {
        return latest.size();
    }

    Iterable<String> productIds() {
        return latest.keySet();
    }

    boolean listensTo(String productId) {
        return latest.containsKey(productId);
    }

    /** Tells what is newer than what was told before; false where the client does not read. */
    boolean tell(StockEvent event) {
        Long before = latest.get(event.productId());
        if (before == null || event.seq() <= before) {
            return true;
        }
        latest.put(event.productId(), event.seq());
        return outlet.send(event);
    }

    boolean heartbeat() {
        return outlet.heartbeat();
    }

    void close() {
        outlet.close();
    }
}
