package io.flashsale.faults.stores;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Shifts the clocks of child processes with Debian's {@code faketime} library, if it is installed. */
final class FakeTime {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private FakeTime() {}

    /** Whether a program runs with the library loaded. Whether it uses the shifted time must be read from its clock. */
    static boolean isSupportedBy(Path program) {
        if (library().isEmpty()) {
            return false;
        }
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true);
        set(builder, 1);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 && !output.contains("libfaketime");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Puts the clock of the new process ahead; its rate stays the same. */
    static void set(ProcessBuilder builder, int minutesAhead) {
        // libc must come before jemalloc, which otherwise reads the time while the library is still allocating memory.
        builder.environment().put("LD_PRELOAD", library().orElseThrow() + " libc.so.6");
        builder.environment().put("FAKETIME", "+" + minutesAhead + "m");
        builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }

    private static Optional<Path> library() {
        if (!Files.isDirectory(LIBRARIES)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
