package io.flashsale.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/** What one fork of a test run found out, for the others: a text in a file that each run has for itself. */
final class RunNote {
    private final Path file;

    /**
     * Makes no file yet.
     *
     * @param file that all forks of this run know, and no other run
     */
    RunNote(Path file) {
        this.file = file;
    }

    /** A note of the run that the build names; outside of the build, of this JVM alone. */
    static RunNote ofThisRun(String name) {
        String run = System.getProperty(
                "flashsale.run", "target/run-" + ProcessHandle.current().pid());
        return new RunNote(Path.of(run + "-" + name));
    }

    /** Does this while no other fork does, however long it takes. */
    <T> T holding(Supplier<T> action) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Given back with the channel, and by the system where this fork dies.
            channel.lock();
            return action.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> read() {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
