package io.flashsale.async;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** Runs many steps with bounded concurrency, which limits memory and the share that one long job takes of resources. */
public final class BoundedConcurrency {
    private BoundedConcurrency() {}

    /**
     * Runs the step for each item, in chunks. Each chunk starts when the previous one has ended. Fails with the first
     * failure.
     */
    public static <T> Future<Void> each(List<T> items, int atOnce, Function<T, Future<Void>> step) {
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < items.size(); from += atOnce) {
            List<T> chunk = items.subList(from, Math.min(items.size(), from + atOnce));
            done = done.compose(
                    before -> Future.join(chunk.stream().map(step).toList()).mapEmpty());
        }
        return done;
    }
}
