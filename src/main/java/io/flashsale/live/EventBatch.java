package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Groups events of one product for one write to each client, since the event loop that serves thousands of clients also
 * accepts purchases.
 *
 * @param events in order, at least one
 * @param sseFrames all events in the format of Server-Sent Events
 */
record EventBatch(List<StockEvent> events, Buffer sseFrames) {
    static EventBatch of(List<StockEvent> events) {
        if (events.size() == 1) {
            return new EventBatch(events, events.get(0).sseFrame());
        }
        Buffer sseFrames = Buffer.buffer();
        events.forEach(event -> sseFrames.appendBuffer(event.sseFrame()));
        return new EventBatch(List.copyOf(events), sseFrames);
    }

    String productId() {
        return events.get(0).productId();
    }

    /** Returns the seq of the last event. */
    long lastSeq() {
        return events.get(events.size() - 1).seq();
    }

    /** Returns the events after a seq; there must be at least one. */
    EventBatch after(long seq) {
        return events.get(0).seq() > seq
                ? this
                : of(events.stream().filter(event -> event.seq() > seq).toList());
    }
}
