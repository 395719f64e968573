package io.flashsale.embedded;

import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVStoreException;

/**
 * Holds writes back after one has failed, so that a full disk is not tried with every write.
 *
 * <p>Each pause is twice as long as the one before, up to a bound. A write that succeeds in between does not make the next
 * one shorter, since small ones still fit where larger ones fail; a few seconds without a failure do.
 *
 * <p>Guarded by the lock of the backend that owns it.
 */
final class WritePause {
    private static final long MIN_MILLIS = 100;
    private static final long MAX_MILLIS = 1_000;
    private static final long QUIET_MILLIS = 5_000;

    private MVStoreException failure;
    private long millis = MIN_MILLIS;
    private long endNanos = System.nanoTime();

    /**
     * Lets a write pass, unless it is too early after one that failed.
     *
     * @throws MVStoreException the last failure, where it is too early
     */
    void check() {
        if (failure != null && millisSinceEnd() < 0) {
            throw failure;
        }
    }

    /**
     * Begins a pause.
     *
     * @return whether writes had succeeded until now
     */
    boolean begin(MVStoreException reason) {
        millis = millisSinceEnd() > QUIET_MILLIS ? MIN_MILLIS : Math.min(millis * 2, MAX_MILLIS);
        endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean first = failure == null;
        failure = reason;
        return first;
    }

    /**
     * Ends it: a write reached the file.
     *
     * @return whether there was one to end
     */
    boolean end() {
        boolean ended = failure != null;
        failure = null;
        return ended;
    }

    private long millisSinceEnd() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - endNanos);
    }
}
