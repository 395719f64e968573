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
 * Batches orders that arrive at the same time into one write. Confined to one event loop.
 *
 * <p>The first order of a group waits a few milliseconds for others. While the maximum number of writes is in flight,
 * the next group grows.
 *
 * <p>While MongoDB stalls, new orders get {@link PersistResult.Kind#UNKNOWN} at once, and one group at a time probes
 * whether MongoDB is back. Otherwise buyers would wait for a timeout that is certain to happen before they see
 * "reserved", and a long queue would be drained in a stampede. The outbox holds the orders that are not queued here.
 */
public final class GroupCommit {
    /**
     * Configures group commit.
     *
     * @param linger how long the first order of a group waits for others
     * @param maxBatch maximum number of orders in one write; a full group does not linger
     * @param maxQueued maximum number of waiting orders; further ones get {@link PersistResult.Kind#UNKNOWN} at once
     *     and stay in the outbox
     * @param maxWrites maximum number of concurrent writes
     * @param stall how long a write may take before MongoDB counts as unavailable
     */
    public record Settings(Duration linger, int maxBatch, int maxQueued, int maxWrites, Duration stall) {
        private static final Duration LONGEST_STALL = Duration.ofHours(1);

        /** Rejects values out of range. */
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

    private record QueuedOrder(Order order, Promise<PersistResult> promise) {}

    private final Vertx vertx;
    private final OrderBatchWriter writer;
    private final CommitMetrics metrics;
    private final Settings settings;
    private final Deque<QueuedOrder> queue = new ArrayDeque<>();
    private int writes;
    private boolean lingering;
    private boolean stalled;

    /** Creates a group commit for the event loop that will call it. */
    public GroupCommit(Vertx vertx, OrderBatchWriter writer, CommitMetrics metrics, Settings settings) {
        this.metrics = metrics;
        this.vertx = vertx;
        this.writer = writer;
        this.settings = settings;
    }

    /** Writes an order together with others that arrive at the same time; never fails. */
    public Future<PersistResult> place(Order order) {
        if (queue.size() >= settings.maxQueued() || (stalled && writes > 0)) {
            metrics.replied(PersistResult.unknown());
            return Future.succeededFuture(PersistResult.unknown());
        }
        Promise<PersistResult> promise = Promise.promise();
        queue.add(new QueuedOrder(order, promise));
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
        int limit = stalled ? 1 : settings.maxWrites();
        while (!queue.isEmpty() && writes < limit) {
            List<QueuedOrder> group = new ArrayList<>();
            while (group.size() < settings.maxBatch() && !queue.isEmpty()) {
                group.add(queue.remove());
            }
            write(group);
        }
    }

    private void write(List<QueuedOrder> group) {
        writes++;
        Timer.Sample started = metrics.started(group.size());
        long stallTimer = vertx.setTimer(settings.stall().toMillis(), elapsed -> stall());
        List<Order> orders = group.stream().map(QueuedOrder::order).toList();
        // A writer that throws must end the write like any other failure, or the count of writes would never fall.
        Futures.attempt(() -> writer.place(orders)).onComplete(written -> {
            vertx.cancelTimer(stallTimer);
            writes--;
            metrics.ended(started);
            boolean conclusive = false;
            for (int i = 0; i < group.size(); i++) {
                PersistResult reply = written.succeeded() ? written.result().get(i) : PersistResult.unknown();
                conclusive |= reply.kind() != PersistResult.Kind.UNKNOWN;
                answer(group.get(i), reply);
            }
            if (conclusive) {
                stalled = false;
            } else {
                stall();
            }
            if (!lingering) {
                write();
            }
        });
    }

    /** Answers all waiting orders at once, because MongoDB will not reply in time. */
    private void stall() {
        stalled = true;
        while (!queue.isEmpty()) {
            answer(queue.remove(), PersistResult.unknown());
        }
    }

    private void answer(QueuedOrder queued, PersistResult reply) {
        metrics.replied(reply);
        queued.promise().complete(reply);
    }
}
