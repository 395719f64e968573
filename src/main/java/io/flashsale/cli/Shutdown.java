package io.flashsale.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Ends what this process has started, the newest first, when a signal comes or the process gives up.
 *
 * <p>It is there before anything else is, because a signal may come at any moment of the start. The start is then
 * interrupted and waited for, so that it leaves nothing behind that nobody knows of. May be used by any thread.
 */
public final class Shutdown {
    /** Longer than an embedded store needs to give up its start. */
    private static final int START_ENDS_SECONDS = 60;

    /** Closes one thing that was started. */
    @FunctionalInterface
    public interface Step {
        /** Closes it, and waits until that is done. */
        void run() throws Exception;
    }

    private final IntConsumer halt;
    private final Thread starter;
    private final CountDownLatch startEnded = new CountDownLatch(1);

    /** Guarded by this. */
    private final Deque<Step> steps = new ArrayDeque<>();

    /** Guarded by this. */
    private boolean ending;

    /** Guarded by this. A signal that was obeyed is a success; the JVM by itself would say 130 or 143. */
    private int exitCode;

    Shutdown(Thread starter, IntConsumer halt) {
        this.starter = starter;
        this.halt = halt;
    }

    /** Obeys signals from now on. The calling thread is the one that starts, and tells the end of that. */
    public static Shutdown onSignal() {
        Shutdown shutdown = new Shutdown(
                Thread.currentThread(), code -> Runtime.getRuntime().halt(code));
        Runtime.getRuntime().addShutdownHook(new Thread(shutdown::end, "shutdown"));
        return shutdown;
    }

    /**
     * Remembers how to close something that was just started; where it is too late for that, closes it at once.
     *
     * @throws IllegalStateException where it is too late, so that nothing more is started
     */
    public void add(Step step) {
        synchronized (this) {
            if (!ending) {
                steps.push(step);
                return;
            }
        }
        run(step);
        throw new IllegalStateException("stopped while it was starting");
    }

    /** Everything is started: only a signal ends it now. */
    public void startEnded() {
        startEnded.countDown();
    }

    /**
     * Ends the process with this exit code and a reason for people. Called by the thread that starts; does nothing where a
     * signal came first, since the failure is then only what the signal led to.
     */
    public void fail(int code, String reason) {
        synchronized (this) {
            if (ending) {
                return;
            }
            exitCode = code;
        }
        System.err.println(reason);
        startEnded.countDown();
        System.exit(code);
    }

    /** What the signal leads to; once. */
    void end() {
        synchronized (this) {
            ending = true;
        }
        try {
            awaitStartEnded();
            for (Step step = next(); step != null; step = next()) {
                run(step);
            }
        } finally {
            halt.accept(exitCode());
        }
    }

    private void awaitStartEnded() {
        if (startEnded.getCount() > 0) {
            starter.interrupt();
        }
        try {
            if (!startEnded.await(START_ENDS_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("stopped although the start did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Step next() {
        return steps.poll();
    }

    private synchronized int exitCode() {
        return exitCode;
    }

    /** One that fails must not keep the others from running: behind it are stores with data. */
    private static void run(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // The message of an error is half of what it says, or null.
            boolean speaks = e instanceof Exception && e.getMessage() != null;
            System.err.println("stopped before everything had ended: " + (speaks ? e.getMessage() : e));
        }
    }
}
