package io.flashsale.support;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Waits until a condition holds, and fails the test if it does not in time. */
public final class Polling {
    private Polling() {}

    /** Waits at most ten seconds, and checks every 50 ms. */
    public static void await(BooleanSupplier condition) {
        await(Duration.ofSeconds(10), Duration.ofMillis(50), condition);
    }

    /** Waits at most for the timeout, and checks at this interval. */
    public static void await(Duration timeout, Duration interval, BooleanSupplier condition) {
        await("condition", timeout, interval, condition);
    }

    /**
     * Waits at most for the timeout, and checks at this interval, for the first time at once. The condition runs on the
     * calling thread, as it may belong to that thread.
     *
     * @param awaited description for the failure message
     */
    public static void await(String awaited, Duration timeout, Duration interval, BooleanSupplier condition) {
        Awaitility.await(awaited)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(interval)
                .atMost(timeout)
                .until(condition::getAsBoolean);
    }
}
