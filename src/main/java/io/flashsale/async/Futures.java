package io.flashsale.async;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.function.Supplier;

/** Starts asynchronous work where nobody catches what it throws. */
public final class Futures {
    private Futures() {}

    /**
     * Calls a step and turns whatever it throws into a failed future.
     *
     * <p>An exception that leaves a timer or {@code runOnContext} ends in a log line, and the future that somebody waits
     * for never completes. So every such callback that owes somebody an answer starts its work with this.
     *
     * @param step may throw, or return null
     * @return never null; the step's own future, with its context, or one that failed with what the step threw
     */
    public static <T> Future<T> attempt(Supplier<Future<T>> step) {
        try {
            return Objects.requireNonNull(step.get(), "the step returned no future");
        } catch (Throwable thrown) {
            // Not compose() on an empty future: that one has no context, and a time-out of its result would fire on a
            // thread that is no event loop.
            return Future.failedFuture(thrown);
        }
    }
}
