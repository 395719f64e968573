package io.flashsale.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.cli.Shutdown.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a signal ends, and in which order. */
class ShutdownTest {
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    private Shutdown shutdownOf(Thread starter) {
        return new Shutdown(starter, exitCode::complete);
    }

    @Test
    void theNewestEndsFirstAndASignalIsASuccess() {
        // given
        Shutdown shutdown = shutdownOf(Thread.currentThread());
        shutdown.add(() -> ended.add("stores"));
        shutdown.add(() -> ended.add("node"));
        shutdown.startEnded();

        // when
        shutdown.end();

        // then
        assertEquals(List.of("node", "stores"), ended);
        assertEquals(0, exitCode.getNow(-1));
        assertFalse(Thread.interrupted());
    }

    static Stream<Step> failing() {
        return Stream.of(
                () -> {
                    throw new TimeoutException("it hangs");
                },
                () -> {
                    throw new NoClassDefFoundError("a part of the jar that is not there");
                },
                () -> {
                    throw new OutOfMemoryError();
                });
    }

    @ParameterizedTest
    @MethodSource("failing")
    void whatCannotBeEndedKeepsNothingElseFromIt(Step failing) {
        // given
        Shutdown shutdown = shutdownOf(Thread.currentThread());
        shutdown.add(() -> ended.add("stores"));
        shutdown.add(failing);
        shutdown.add(() -> ended.add("node"));
        shutdown.startEnded();

        // when
        shutdown.end();

        // then
        assertEquals(List.of("node", "stores"), ended);
        assertEquals(0, exitCode.getNow(-1));
    }

    @Test
    void aStartIsInterruptedAndWaitedFor() throws Exception {
        // given
        CountDownLatch starting = new CountDownLatch(1);
        CompletableFuture<Shutdown> made = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            Shutdown shutdown = made.join();
            shutdown.add(() -> ended.add("what was there before"));
            starting.countDown();
            try {
                Thread.sleep(TimeUnit.MINUTES.toMillis(5));
            } catch (InterruptedException e) {
                ended.add("interrupted");
            }
            shutdown.startEnded();
        });
        Shutdown shutdown = shutdownOf(starter);
        made.complete(shutdown);
        starter.start();
        assertTrue(starting.await(30, TimeUnit.SECONDS));

        // when
        shutdown.end();

        // then
        assertEquals(List.of("interrupted", "what was there before"), ended);
        assertEquals(0, exitCode.getNow(-1));
        starter.join();
    }

    /** A store that had just been started when the signal came. */
    @Test
    void whatIsStartedTooLateIsEndedAtOnceAndNothingFollowsIt() throws Exception {
        // given
        CompletableFuture<Shutdown> made = new CompletableFuture<>();
        CountDownLatch starting = new CountDownLatch(1);
        Thread starter = new Thread(() -> {
            Shutdown shutdown = made.join();
            starting.countDown();
            // Started all the same, without noticing the interrupt.
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            assertThrows(IllegalStateException.class, () -> shutdown.add(() -> ended.add("late")));
            // The signal came first: what it led to is not told as a reason.
            shutdown.fail(1, "stopped while it was starting");
            shutdown.startEnded();
        });
        Shutdown shutdown = shutdownOf(starter);
        made.complete(shutdown);
        starter.start();
        assertTrue(starting.await(30, TimeUnit.SECONDS));

        // when
        shutdown.end();

        // then
        assertEquals(List.of("late"), ended);
        assertEquals(0, exitCode.getNow(-1));
        starter.join();
    }
}
