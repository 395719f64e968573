package io.flashsale.support;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals that Java itself cannot send, by the shell's own {@code kill}: not every machine has it as a program. */
public final class Signals {
    private Signals() {}

    /**
     * Sends a signal, and waits until it is sent. To a process that is gone it goes nowhere.
     *
     * @param name as in {@code STOP}
     */
    public static void send(String name, long pid) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
