package io.flashsale.live;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Broadcasts a product's events to its subscribers at most ten times a second. A sell-out bypasses the throttle, and
 * the pause after it is twice as long.
 *
 * <p>Thousands of subscribers are served in slices, so that the event loop can do other work in between, such as
 * accepting purchases. A sell-out during a broadcast is merged into the batch of all subscribers that are still to be
 * served. Belongs to one event loop.
 */
final class Broadcaster {
    private static final long INTERVAL_MILLIS = 100;

    /**
     * One script publishes several events: a short delay merges them into one write, since writes dominate the cost.
     */
    private static final long COALESCE_MILLIS = 5;

    private static final int SLICE_SIZE = 200;

    private enum State {
        IDLE,
        COALESCING,
        SENDING,
        PAUSING
    }

    private final Vertx vertx;
    private final ProductTopic topic;
    private final Consumer<Listener> drop;
    private State state = State.IDLE;
    private long timer;
    private boolean sellOutPending;
    private boolean throttleBypassed;

    /**
     * Creates a broadcaster.
     *
     * @param drop called with each listener that does not read
     */
    Broadcaster(Vertx vertx, ProductTopic topic, Consumer<Listener> drop) {
        this.vertx = vertx;
        this.topic = topic;
        this.drop = drop;
    }

    /** Handles an event that was not published yet. */
    void onEvent(StockEvent event) {
        boolean urgent = event.kind() == StockEvent.Kind.SOLD_OUT && !throttleBypassed;
        if (state == State.IDLE) {
            coalesce();
        } else if (urgent && state == State.SENDING) {
            sellOutPending = true;
        } else if (urgent && state == State.PAUSING && vertx.cancelTimer(timer)) {
            throttleBypassed = true;
            coalesce();
        }
    }

    private void coalesce() {
        state = State.COALESCING;
        timer = vertx.setTimer(COALESCE_MILLIS, now -> publish());
    }

    private void publish() {
        long before = topic.lastPublished();
        Optional<EventBatch> batch = topic.batch();
        if (batch.isEmpty()) {
            state = State.IDLE;
            throttleBypassed = false;
            return;
        }
        state = State.SENDING;
        send(batch.get(), before, topic.subscribers(), 0);
    }

    private void send(EventBatch batch, long before, List<Listener> subscribers, int from) {
        if (sellOutPending) {
            // Start over with the sell-out, and include new subscribers. Each listener only gets what it has not seen.
            sellOutPending = false;
            throttleBypassed = true;
            topic.batch();
            topic.since(before).ifPresent(all -> send(all, before, topic.subscribers(), 0));
            return;
        }
        int to = Math.min(from + SLICE_SIZE, subscribers.size());
        for (Listener listener : subscribers.subList(from, to)) {
            if (topic.isSubscribed(listener) && !listener.send(batch)) {
                drop.accept(listener);
            }
        }
        if (to < subscribers.size()) {
            vertx.runOnContext(next -> send(batch, before, subscribers, to));
        } else {
            pause();
        }
    }

    /** Starts the pause at the end of the broadcast: serving thousands must leave time for other work. */
    private void pause() {
        state = State.PAUSING;
        timer = vertx.setTimer(throttleBypassed ? 2 * INTERVAL_MILLIS : INTERVAL_MILLIS, now -> {
            throttleBypassed = false;
            publish();
        });
    }
}
