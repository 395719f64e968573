package io.flashsale.catalog;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads a product continuously on several nodes and records reads that are stale by more than a second. */
final class StaleReads {
    private static final long ONE_SECOND_NANOS = 1_000_000_000L;

    private record Answered(long version, long atNanos) {}

    private final String productId;
    private final Deque<Answered> answered = new ConcurrentLinkedDeque<>();
    private final List<String> staleReads = new CopyOnWriteArrayList<>();
    private final AtomicInteger checkedReads = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Thread> readers = new ArrayList<>();

    /** Starts to read on each of these nodes, until {@link #end}. */
    StaleReads(String productId, TestShop... nodes) {
        this.productId = productId;
        for (TestShop node : nodes) {
            Thread reader = new Thread(
                    () -> {
                        try {
                            read(node);
                        } catch (RuntimeException | Error failure) {
                            staleReads.add(failure.toString());
                        }
                    },
                    "reader");
            reader.start();
            readers.add(reader);
        }
    }

    /** Records that an edit to this version was answered just now. */
    void answered(long version) {
        answered.add(new Answered(version, System.nanoTime()));
    }

    /** Returns whether enough reads that could be stale were made, or a stale one was staleReads. */
    boolean areEnough() {
        return checkedReads.get() >= 500 || !staleReads.isEmpty();
    }

    /** Stops the readers and returns the stale reads. */
    List<String> end() throws InterruptedException {
        stopped.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        return staleReads;
    }

    private void read(TestShop node) {
        while (!stopped.get() && staleReads.isEmpty()) {
            long startedAt = System.nanoTime();
            long oldest = answered.stream()
                    .filter(each -> each.atNanos() < startedAt - ONE_SECOND_NANOS)
                    .mapToLong(Answered::version)
                    .max()
                    .orElse(0);
            // Twenty at once, so that they share flights.
            List<Optional<ProductView>> views = node.run(() -> {
                List<Future<Optional<ProductView>>> reads = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    reads.add(node.catalog.find(productId));
                }
                return Future.all(reads).map(all -> all.list());
            });
            // No read can be stale until the first edit is a second old.
            checkedReads.addAndGet(oldest > 1 ? views.size() : 0);
            views.stream()
                    .map(view -> view.orElseThrow().product().version())
                    .filter(version -> version < oldest)
                    .forEach(version -> staleReads.add(version + " shown, " + oldest + " answered a second before"));
        }
    }
}
