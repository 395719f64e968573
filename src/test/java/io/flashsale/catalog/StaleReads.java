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

/** Nodes that read a product all the time, and tell where one was shown what was outdated by an answer of a second ago. */
final class StaleReads {
    private static final long A_SECOND = 1_000_000_000L;

    private record Answered(long version, long atNanos) {}

    private final String productId;
    private final Deque<Answered> answered = new ConcurrentLinkedDeque<>();
    private final List<String> found = new CopyOnWriteArrayList<>();
    private final AtomicInteger telling = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> readers = new ArrayList<>();

    /** Reads on each of these nodes until {@link #end}. */
    StaleReads(String productId, TestShop... nodes) {
        this.productId = productId;
        for (TestShop node : nodes) {
            Thread reader = new Thread(
                    () -> {
                        try {
                            read(node);
                        } catch (RuntimeException | Error failure) {
                            found.add(failure.toString());
                        }
                    },
                    "reader");
            reader.start();
            readers.add(reader);
        }
    }

    /** An edit to this version has been answered just now. */
    void answered(long version) {
        answered.add(new Answered(version, System.nanoTime()));
    }

    /** Whether reads enough were made that could have been wrong, or one was. */
    boolean areEnough() {
        return telling.get() >= 500 || !found.isEmpty();
    }

    /** Ends the reading; what was outdated. */
    List<String> end() throws InterruptedException {
        over.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        return found;
    }

    private void read(TestShop node) {
        while (!over.get() && found.isEmpty()) {
            long begun = System.nanoTime();
            long oldest = answered.stream()
                    .filter(each -> each.atNanos() < begun - A_SECOND)
                    .mapToLong(Answered::version)
                    .max()
                    .orElse(0);
            // Twenty at once, so that reads are joined.
            List<Optional<ProductView>> views = node.run(() -> {
                List<Future<Optional<ProductView>>> reads = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    reads.add(node.catalog.find(productId));
                }
                return Future.all(reads).map(all -> all.list());
            });
            // Before the first edit is a second old nothing could be wrong.
            telling.addAndGet(oldest > 1 ? views.size() : 0);
            views.stream()
                    .map(view -> view.orElseThrow().product().version())
                    .filter(version -> version < oldest)
                    .forEach(version -> found.add(version + " shown, " + oldest + " answered a second before"));
        }
    }
}
