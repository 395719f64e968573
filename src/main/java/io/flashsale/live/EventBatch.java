package io.flashsale.live;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Events of one product that are told together, in one write to each client: the loop that tells thousands is the one that
 * takes purchases.
 *
 * @param events in order, at least one
 * @param stream all of them as they are told on a stream
 */
record EventBatch(List<StockEvent> events, Buffer stream) {
    static EventBatch of(List<StockEvent> events) {
        if (events.size() == 1) {
            return new EventBatch(events, events.get(0).stream());
        }
        Buffer stream = Buffer.buffer();
        events.forEach(event -> stream.appendBuffer(event.stream()));
        return new EventBatch(List.copyOf(events), stream);
    }

    String productId() {
        return events.get(0).productId();
    }

    /** seq of the last of them. */
    long latest() {
        return events.get(events.size() - 1).seq();
    }

    /** The part of it that comes after that; there has to be one. */
    EventBatch after(long seq) {
        return events.get(0).seq() > seq
                ? this
                : of(events.stream().filter(event -> event.seq() > seq).toList());
    }
}
