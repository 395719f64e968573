package io.flashsale.support;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Sends signals that Java cannot send itself, with the {@code kill} of the shell: not every machine has it as a
 * program.
 */
public final class Signals {
    private Signals() {}

    /**
     * Sends a signal, and waits until it was sent. A signal to an ended process has no effect.
     *
     * @param name without the prefix, as in {@code STOP}
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
