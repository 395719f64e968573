package io.flashsale.persistence.audit;

import io.flashsale.async.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues and writes audit entries of actions that an unavailable MongoDB does not undo. Entries wait for MongoDB up to
 * a bound, and entries that arrive together are written together. Confined to one event loop.
 *
 * <p>Entries of orders bypass this queue: their order stays in the outbox until they are written, so that even a crash
 * of this node loses none.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_GROUP = 500;
    private static final Duration LINGER = Duration.ofMillis(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private record QueuedEntry(AuditEntry entry, Promise<Void> done) {}

    private final Vertx vertx;
    private final AuditStore store;
    private final AuditMetrics metrics;
    private final Deque<QueuedEntry> queue = new ArrayDeque<>();
    private Future<Void> writing = Future.succeededFuture();
    private boolean scheduled;
    private boolean unavailable;

    /** Creates a log for the event loop that will call it. */
    public AuditLog(Vertx vertx, AuditStore store, AuditMetrics metrics) {
        this.vertx = vertx;
        this.store = store;
        this.metrics = metrics;
    }

    /**
     * Queues an entry.
     *
     * @return completes when the entry is written, or when it has to wait because MongoDB is unavailable; never fails
     */
    public Future<Void> record(AuditEntry entry) {
        if (queue.size() >= MAX_WAITING) {
            metrics.dropped();
            LOG.atError()
                    .addKeyValue("reason", "queue full")
                    .addKeyValue("entry", entry)
                    .log("audit entry dropped");
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        queue.add(new QueuedEntry(entry, done));
        metrics.waiting(queue.size());
        if (unavailable) {
            done.complete();
        } else {
            schedule(LINGER);
        }
        return done.future();
    }

    private void schedule(Duration delay) {
        if (!scheduled) {
            scheduled = true;
            vertx.setTimer(delay.toMillis(), timer -> {
                scheduled = false;
                write();
            });
        }
    }

    private void write() {
        if (!writing.isComplete() || queue.isEmpty()) {
            return;
        }
        List<QueuedEntry> group = queue.stream().limit(MAX_GROUP).toList();
        writing = Futures.attempt(
                () -> store.append(group.stream().map(QueuedEntry::entry).toList()));
        writing.onComplete(written -> {
            unavailable = written.failed();
            group.forEach(queued -> queued.done().tryComplete());
            if (unavailable) {
                queue.forEach(queued -> queued.done().tryComplete());
                schedule(RETRY_DELAY);
                return;
            }
            group.forEach(each -> queue.remove());
            metrics.waiting(queue.size());
            write();
        });
    }

    /** Writes all queued entries, if MongoDB is available now. */
    public Future<Void> flush() {
        return writing.otherwiseEmpty().compose(before -> {
            if (queue.isEmpty()) {
                return Future.succeededFuture();
            }
            write();
            return writing.compose(written -> flush());
        });
    }
}
