package io.flashsale.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/** Shares a text between the forks of one test run, through a file of that run. */
final class RunMarker {
    private final Path file;

    /**
     * Prepares a marker without creating its file.
     *
     * @param file a path that all forks of this run share, and no other run
     */
    RunMarker(Path file) {
        this.file = file;
    }

    /** Returns a marker of the run that the build names. Outside the build, the run is this JVM alone. */
    static RunMarker ofThisRun(String name) {
        String run = System.getProperty(
                "flashsale.run", "target/run-" + ProcessHandle.current().pid());
        return new RunMarker(Path.of(run + "-" + name));
    }

    /** Runs the action under a lock that all forks share, and waits for the lock without a timeout. */
    <T> T withLock(Supplier<T> action) {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Closing the channel releases the lock; if this fork dies, the operating system does.
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
