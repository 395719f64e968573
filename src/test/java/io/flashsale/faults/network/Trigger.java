package io.flashsale.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs an action once, when certain bytes reach a {@link TcpProxy}. The bytes are held back meanwhile; unless the
 * action delivers them, they and their connection are lost.
 */
public final class Trigger {
    /**
     * Identifies the bytes.
     *
     * @param towardsServer direction in which they pass
     * @param text to wait for
     * @param replyTo whether to wait further for the reply on the same connection
     */
    public record Mark(boolean towardsServer, String text, boolean replyTo) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Holds back bytes. */
    public interface Held {
        /** Forwards them; fails if the connection was closed meanwhile. */
        void deliver() throws IOException;
    }

    /** Defines what happens when the bytes arrive. */
    public interface Action {
        /** Runs on the thread of the connection, which waits for it. */
        void at(Held bytes);
    }

    private final Mark mark;
    private final Action action;
    private final CountDownLatch fired = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Creates a trigger for these bytes. */
    public Trigger(Mark mark, Action action) {
        this.mark = mark;
        this.action = action;
    }

    Mark mark() {
        return mark;
    }

    /** Runs the action on the thread of the connection, which waits for it. */
    void fire(Held bytes) {
        fired.countDown();
        try {
            action.at(bytes);
        } finally {
            done.countDown();
        }
    }

    /** Waits for the bytes; returns whether they arrived in time. */
    public boolean awaitFired(long millis) {
        return await(fired, millis);
    }

    /** Waits for the action; returns whether it ended in time. */
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

    /** Delivers the bytes; if the connection was closed, they are lost, as in any network. */
    public static void deliver(Held bytes) {
        try {
            bytes.deliver();
        } catch (IOException | UncheckedIOException e) {
            // The receiver has disconnected.
        }
    }
}
