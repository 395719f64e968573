package io.flashsale.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Stops everything that this process has started, the newest first, on a signal or after a failed start.
 *
 * <p>It is created before anything else, because a signal may arrive at any moment of the start. It then interrupts the
 * start and waits for its end, so that nothing is left running that was not registered here. Thread-safe.
 */
public final class Shutdown {
    /** Longer than an embedded store needs to cancel its start. */
    private static final int START_ENDS_SECONDS = 60;

    /** Stops one thing that was started. */
    @FunctionalInterface
    public interface Step {
        /** Stops it and waits until that is done. */
        void run() throws Exception;
    }

    private final IntConsumer halt;
    private final Thread starter;
    private final CountDownLatch startEnded = new CountDownLatch(1);

    /** Guarded by this. */
    private final Deque<Step> steps = new ArrayDeque<>();

    /** Guarded by this. */
    private boolean ending;

    /** Guarded by this. An orderly stop after a signal is a success; by default the JVM would exit with 130 or 143. */
    private int exitCode;

    Shutdown(Thread starter, IntConsumer halt) {
        this.starter = starter;
        this.halt = halt;
    }

    /** Handles signals from now on. The calling thread must perform the start and report its end. */
    public static Shutdown onSignal() {
        Shutdown shutdown = new Shutdown(
                Thread.currentThread(), code -> Runtime.getRuntime().halt(code));
        Runtime.getRuntime().addShutdownHook(new Thread(shutdown::end, "shutdown"));
        return shutdown;
    }

    /**
     * Registers a step that stops something. If the shutdown has already begun, runs the step at once.
     *
     * @throws IllegalStateException if the shutdown has already begun, so that nothing more is started
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

    /** Reports that the start has ended; a shutdown need not wait for it any more. */
    public void startEnded() {
        startEnded.countDown();
    }

    /**
     * Prints the reason and ends the process with this exit code. Called by the starting thread. Does nothing if a
     * signal came first, because the failure is then only a consequence of the signal.
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

    /** Runs the shutdown; called once. */
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
                System.err.println("Stopping although the start has not ended.");
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

    /** Runs a step and never throws: a failure must not prevent later steps, which close stores with data. */
    private static void run(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // The message of an Error is incomplete without its type, or null.
            boolean hasMessage = e instanceof Exception && e.getMessage() != null;
            System.err.println("Not everything was stopped cleanly: " + (hasMessage ? e.getMessage() : e));
        }
    }
}
