package io.flashsale.persistence.order;

import io.flashsale.async.Futures;
import io.flashsale.domain.Order;
import io.flashsale.domain.Requirements;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Gathers orders that arrive together into one write. Belongs to one event loop.
 *
 * <p>The first order waits a few milliseconds for company; while the bound of writes is under way the next group grows.
 *
 * <p>While MongoDB stalls, newcomers are told {@link PersistResult.Kind#UNKNOWN} at once, and only one group at a time finds
 * out whether it is back: a buyer's "reserved" is not to wait for a time-out that is certain, and what is not queued here
 * need not be drained in a stampede, since the outbox holds it.
 */
public final class GroupCommit {
    /**
     * How orders are gathered.
     *
     * @param linger how long the first order of a group waits for others
     * @param maxBatch orders in one write; a full group does not linger
     * @param maxQueued orders that may wait; one more is answered {@link PersistResult.Kind#UNKNOWN} at once, it stays in
     *     the outbox
     * @param maxWrites writes under way at once
     * @param stall a write that takes longer is taken for a sign that MongoDB is away
     */
    public record Settings(Duration linger, int maxBatch, int maxQueued, int maxWrites, Duration stall) {
        private static final Duration LONGEST_STALL = Duration.ofHours(1);

        /** Refuses what cannot work. */
        public Settings {
            new Requirements()
                    .that(linger.toMillis() >= 1 && linger.toMillis() <= 1_000, "linger must be 1ms to 1s")
                    .that(maxBatch >= 1 && maxBatch <= 10_000, "maxBatch must be 1 to 10000")
                    .that(maxQueued >= maxBatch, "maxQueued must be at least maxBatch")
                    .that(maxWrites >= 1 && maxWrites <= 64, "maxWrites must be 1 to 64")
                    .that(stall.toMillis() >= 10 && stall.compareTo(LONGEST_STALL) <= 0, "stall must be 10ms to 1h")
                    .check();
        }
    }

    private record Waiting(Order order, Promise<PersistResult> promise) {}

    private final Vertx vertx;
    private final OrderBatchWriter writer;
    private final CommitMetrics metrics;
    private final Settings settings;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int writes;
    private boolean lingering;
    private boolean stalled;

    /** Makes a group commit for the event loop that will call it. */
    public GroupCommit(Vertx vertx, OrderBatchWriter writer, CommitMetrics metrics, Settings settings) {
        this.metrics = metrics;
        this.vertx = vertx;
        this.writer = writer;
        this.settings = settings;
    }

    /** Writes an order together with those that come at the same time; never fails. */
    public Future<PersistResult> place(Order order) {
        if (queue.size() >= settings.maxQueued() || (stalled && writes > 0)) {
            metrics.replied(PersistResult.unknown());
            return Future.succeededFuture(PersistResult.unknown());
        }
        Promise<PersistResult> promise = Promise.promise();
        queue.add(new Waiting(order, promise));
        if (queue.size() >= settings.maxBatch()) {
            write();
        } else if (!lingering) {
            lingering = true;
            vertx.setTimer(settings.linger().toMillis(), timer -> {
                lingering = false;
                write();
            });
        }
        return promise.future();
    }

    private void write() {
        int bound = stalled ? 1 : settings.maxWrites();
        while (!queue.isEmpty() && writes < bound) {
            List<Waiting> group = new ArrayList<>();
            while (group.size() < settings.maxBatch() && !queue.isEmpty()) {
                group.add(queue.remove());
            }
            write(group);
        }
    }

    private void write(List<Waiting> group) {
        writes++;
        Timer.Sample started = metrics.started(group.size());
        long watch = vertx.setTimer(settings.stall().toMillis(), late -> stall());
        List<Order> orders = group.stream().map(Waiting::order).toList();
        // A writer that throws must end the write like any other failure, or its place would stay taken for ever.
        Futures.attempt(() -> writer.place(orders)).onComplete(written -> {
            vertx.cancelTimer(watch);
            writes--;
            metrics.ended(started);
            boolean answered = false;
            for (int i = 0; i < group.size(); i++) {
                PersistResult reply = written.succeeded() ? written.result().get(i) : PersistResult.unknown();
                answered |= reply.kind() != PersistResult.Kind.UNKNOWN;
                answer(group.get(i), reply);
            }
            if (answered) {
                stalled = false;
            } else {
                stall();
            }
            if (!lingering) {
                write();
            }
        });
    }

    /** Nobody waits for what will not come now. */
    private void stall() {
        stalled = true;
        while (!queue.isEmpty()) {
            answer(queue.remove(), PersistResult.unknown());
        }
    }

    private void answer(Waiting waiting, PersistResult reply) {
        metrics.replied(reply);
        waiting.promise().complete(reply);
    }
}
