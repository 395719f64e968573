package io.flashsale.live;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells what is heard of one product to everybody who listens: ten times a second, and a sell-out at once, after which the
 * next time is left out.
 *
 * <p>Thousands are told in slices, between which the event loop does what else it has to do, such as taking purchases; and
 * whoever is told later is told what came meanwhile. Belongs to one event loop.
 */
final class Broadcaster {
    private static final long EVERY_MILLIS = 100;

    /** One script says several things: a moment lets them be told in one write, which is what telling costs. */
    private static final long GATHER_MILLIS = 5;

    private static final int SLICE = 200;

    private enum State {
        QUIET,
        GATHERING,
        TELLING,
        RESTING
    }

    private final Vertx vertx;
    private final ProductTopic topic;
    private final Consumer<Listener> drop;
    private State state = State.QUIET;
    private long timer;
    private boolean hurry;
    private boolean hurried;

    /**
     * Makes a telling.
     *
     * @param drop is given who does not read
     */
    Broadcaster(Vertx vertx, ProductTopic topic, Consumer<Listener> drop) {
        this.vertx = vertx;
        this.topic = topic;
        this.drop = drop;
    }

    /** There is news. */
    void heard(StockEvent event) {
        boolean urgent = event.kind() == StockEvent.Kind.SOLD_OUT && !hurried;
        if (state == State.QUIET) {
            gather();
        } else if (urgent && state == State.TELLING) {
            hurry = true;
        } else if (urgent && state == State.RESTING && vertx.cancelTimer(timer)) {
            hurried = true;
            gather();
        }
    }

    private void gather() {
        state = State.GATHERING;
        timer = vertx.setTimer(GATHER_MILLIS, now -> tell());
    }

    private void tell() {
        long before = topic.lastPublished();
        Optional<EventBatch> batch = topic.batch();
        if (batch.isEmpty()) {
            state = State.QUIET;
            hurried = false;
            return;
        }
        state = State.TELLING;
        tell(batch.get(), before, topic.audience(), 0);
    }

    private void tell(EventBatch batch, long before, List<Listener> audience, int from) {
        if (hurry) {
            // All over again, with it, and to those too who came meanwhile: who was told the rest is told only that.
            hurry = false;
            hurried = true;
            topic.batch();
            topic.since(before).ifPresent(all -> tell(all, before, topic.audience(), 0));
            return;
        }
        int to = Math.min(from + SLICE, audience.size());
        for (Listener listener : audience.subList(from, to)) {
            if (topic.isTold(listener) && !listener.tell(batch)) {
                drop.accept(listener);
            }
        }
        if (to < audience.size()) {
            vertx.runOnContext(next -> tell(batch, before, audience, to));
        } else {
            rest();
        }
    }

    /** From now, not from the first of them: telling thousands must leave time for everything else. */
    private void rest() {
        state = State.RESTING;
        timer = vertx.setTimer(hurried ? 2 * EVERY_MILLIS : EVERY_MILLIS, now -> {
            hurried = false;
            tell();
        });
    }
}
