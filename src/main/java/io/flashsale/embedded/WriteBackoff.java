package io.flashsale.embedded;

import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVStoreException;

/**
 * Rejects writes for a while after one has failed, so that not every write tries a full disk.
 *
 * <p>Implements exponential back-off: each pause is twice as long as the one before, up to a maximum. A write that
 * succeeds does not reset the back-off, because small writes may still fit on a disk where larger ones fail. A few
 * seconds without a failure do.
 *
 * <p>Guarded by the write lock of the backend that owns it.
 */
final class WriteBackoff {
    private static final long MIN_MILLIS = 100;
    private static final long MAX_MILLIS = 1_000;
    private static final long QUIET_MILLIS = 5_000;

    private MVStoreException failure;
    private long millis = MIN_MILLIS;
    private long endNanos = System.nanoTime();

    /**
     * Rejects a write during a pause.
     *
     * @throws MVStoreException the last failure, if the pause has not ended yet
     */
    void check() {
        if (failure != null && millisSinceEnd() < 0) {
            throw failure;
        }
    }

    /**
     * Begins a pause after a failed write.
     *
     * @return whether this is the first failure in a row
     */
    boolean begin(MVStoreException reason) {
        millis = millisSinceEnd() > QUIET_MILLIS ? MIN_MILLIS : Math.min(millis * 2, MAX_MILLIS);
        endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean first = failure == null;
        failure = reason;
        return first;
    }

    /**
     * Ends the row of failures after a write has reached the file.
     *
     * @return whether writes were failing before
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
