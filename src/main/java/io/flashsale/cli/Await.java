package io.flashsale.cli;

import io.vertx.core.Future;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a future on the main thread, which is not an event loop. */
final class Await {
    private Await() {}

    /**
     * Waits without a time limit; an interrupt ends the wait.
     *
     * @throws IllegalStateException if the future fails, with its failure as the cause
     */
    static <T> T result(Future<T> future) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        future.onComplete(ended -> done.countDown());
        done.await();
        return resultOf(future);
    }

    /**
     * Waits at most this many seconds.
     *
     * @throws IllegalStateException if the future fails, with its failure as the cause
     */
    static <T> T result(Future<T> future, int seconds) throws InterruptedException, TimeoutException {
        CountDownLatch done = new CountDownLatch(1);
        future.onComplete(ended -> done.countDown());
        if (!done.await(seconds, TimeUnit.SECONDS)) {
            throw new TimeoutException("not done within " + seconds + " s");
        }
        return resultOf(future);
    }

    private static <T> T resultOf(Future<T> future) {
        if (future.failed()) {
            throw new IllegalStateException(future.cause().getMessage(), future.cause());
        }
        return future.result();
    }
}
