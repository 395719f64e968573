package io.flashsale.async;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.function.Supplier;

/** Starts asynchronous work in callbacks where nothing catches its exceptions. */
public final class Futures {
    private Futures() {}

    /**
     * Calls a step and turns an exception into a failed future.
     *
     * <p>An exception that escapes from a timer or {@code runOnContext} is only logged, and a future that depends on
     * the callback never completes. Every such callback therefore starts its work with this method.
     *
     * @param step may throw an exception or return null
     * @return never null: the step's own future, with its context, or one that failed with the exception of the step
     */
    public static <T> Future<T> attempt(Supplier<Future<T>> step) {
        try {
            return Objects.requireNonNull(step.get(), "the step returned no future");
        } catch (Throwable thrown) {
            // Not compose() on an empty future: that future has no context, so a timeout on its result would fire on a
            // thread that is not an event loop.
            return Future.failedFuture(thrown);
        }
    }
}
