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
 * Writes down what has happened already and is not undone because MongoDB is away: entries wait for it, up to a bound.
 * Those that come together are written together. Belongs to one event loop.
 *
 * <p>Entries of orders do not go this way: their order waits in the outbox until they are written, so that not even the
 * death of this node loses one.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_GROUP = 500;
    private static final Duration LINGER = Duration.ofMillis(5);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private record Waiting(AuditEntry entry, Promise<Void> told) {}

    private final Vertx vertx;
    private final AuditStore store;
    private final AuditMetrics metrics;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private Future<Void> writing = Future.succeededFuture();
    private boolean armed;
    private boolean away;

    /** Makes a log for the event loop that will call it. */
    public AuditLog(Vertx vertx, AuditStore store, AuditMetrics metrics) {
        this.vertx = vertx;
        this.store = store;
        this.metrics = metrics;
    }

    /**
     * Takes an entry.
     *
     * @return completes when it is written, or has to wait for a MongoDB that is away; never fails
     */
    public Future<Void> record(AuditEntry entry) {
        if (queue.size() >= MAX_WAITING) {
            metrics.dropped();
            LOG.atError().addKeyValue("entry", entry).log("no room for an entry of the audit log");
            return Future.succeededFuture();
        }
        Promise<Void> told = Promise.promise();
        queue.add(new Waiting(entry, told));
        metrics.waiting(queue.size());
        if (away) {
            told.complete();
        } else {
            arm(LINGER);
        }
        return told.future();
    }

    private void arm(Duration wait) {
        if (!armed) {
            armed = true;
            vertx.setTimer(wait.toMillis(), timer -> {
                armed = false;
                write();
            });
        }
    }

    private void write() {
        if (!writing.isComplete() || queue.isEmpty()) {
            return;
        }
        List<Waiting> group = queue.stream().limit(MAX_GROUP).toList();
        writing = Futures.attempt(
                () -> store.append(group.stream().map(Waiting::entry).toList()));
        writing.onComplete(done -> {
            away = done.failed();
            group.forEach(waiting -> waiting.told().tryComplete());
            if (away) {
                queue.forEach(waiting -> waiting.told().tryComplete());
                arm(AGAIN);
                return;
            }
            group.forEach(waiting -> queue.remove());
            metrics.waiting(queue.size());
            write();
        });
    }

    /** Writes what waits, if MongoDB takes it now. */
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
