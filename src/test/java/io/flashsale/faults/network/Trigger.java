package io.flashsale.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something that is done once, when certain bytes come to a {@link TcpProxy}. They are held back meanwhile, and unless it
 * delivers them they are lost and their connection with them.
 */
public final class Trigger {
    /**
     * The bytes.
     *
     * @param towardsServer in which direction they pass
     * @param text to wait for
     * @param replyTo whether to wait on, for what comes back on the same connection
     */
    public record Mark(boolean towardsServer, String text, boolean replyTo) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Bytes that wait to be handed on. */
    public interface Held {
        /** Hands them on; fails where the connection did not wait for them. */
        void deliver() throws IOException;
    }

    /** What is done. */
    public interface Action {
        /** Is called on the thread of the connection, which so waits. */
        void at(Held bytes);
    }

    private final Mark mark;
    private final Action action;
    private final CountDownLatch fired = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Something to do at these bytes. */
    public Trigger(Mark mark, Action action) {
        this.mark = mark;
        this.action = action;
    }

    Mark mark() {
        return mark;
    }

    /** Runs the action on the thread of the connection, which so waits for it. */
    void fire(Held bytes) {
        fired.countDown();
        try {
            action.at(bytes);
        } finally {
            done.countDown();
        }
    }

    /** Whether the bytes came by then. */
    public boolean awaitFired(long millis) {
        return await(fired, millis);
    }

    /** Whether the action was over by then. */
    public boolean awaitDone(long millis) {
        return await(done, millis);
    }

    private static boolean await(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Delivers; what the connection did not wait for is lost, as in any network. */
    public static void deliver(Held bytes) {
        try {
            bytes.deliver();
        } catch (IOException | UncheckedIOException e) {
            // Whoever waited for them has gone.
        }
    }
}
