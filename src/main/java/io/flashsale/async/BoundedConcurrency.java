package io.flashsale.async;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** Many steps, some at a time: bounds memory, and what one long job takes from everything else. */
public final class BoundedConcurrency {
    private BoundedConcurrency() {}

    /** Does the step for each item, the next chunk when the one before has ended; fails with its first failure. */
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
