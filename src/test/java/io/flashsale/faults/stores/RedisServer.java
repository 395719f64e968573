package io.flashsale.faults.stores;

import io.flashsale.embedded.TestRedisBinary;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs a Redis with an append-only file and without supervision. */
public final class RedisServer implements AutoCloseable {
    private final Path folder;
    private final int minutesAhead;
    private final int port = freePort();
    private Process process;

    public RedisServer(Path folder) {
        this(folder, 0);
    }

    /**
     * Starts a server.
     *
     * @param minutesAhead how far its clock is ahead, if this machine supports that: see {@link #secondsAhead}
     */
    public RedisServer(Path folder, int minutesAhead) {
        this.folder = folder;
        this.minutesAhead = minutesAhead;
        start();
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    public void start() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path binary = TestRedisBinary.find(folder.getParent());
        ProcessBuilder builder = new ProcessBuilder(
                binary.toString(),
                "--port",
                String.valueOf(port),
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--save",
                "",
                "--repl-diskless-sync-delay",
                "0",
                "--maxmemory-policy",
                "noeviction");
        if (minutesAhead != 0 && FakeTime.isSupportedBy(binary)) {
            FakeTime.set(builder, minutesAhead);
        }
        process = Processes.start(builder, folder.resolveSibling(folder.getFileName() + ".log"));
        Polling.await("Redis in " + folder, Duration.ofSeconds(5), Duration.ofMillis(25), this::isReachable);
    }

    private boolean isReachable() {
        try (RawRedis redis = new RawRedis(port)) {
            return "PONG".equals(redis.send("PING"));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Returns how many seconds its clock is ahead of this machine's: 0 without faketime, or if Redis is statically
     * linked.
     */
    public long secondsAhead() {
        List<?> time = (List<?>) send("TIME");
        return Long.parseLong(time.get(0).toString()) - Instant.now().getEpochSecond();
    }

    /** Sends one command; an I/O error fails the test. */
    public Object send(String... words) {
        try (RawRedis redis = new RawRedis(port)) {
            return redis.send(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void kill() {
        Processes.halt(process, false);
        Processes.kill(process);
    }

    public void halt(boolean halted) {
        Processes.halt(process, halted);
    }

    /** Deletes all data, as with a new disk. Only while the server is down. */
    public void empty() {
        TestStores.delete(folder);
    }

    /**
     * Truncates the append-only file, as if the last writes were not on disk; may split a command. Only while the
     * server is down.
     */
    public void cutTail(long bytes) {
        try (Stream<Path> files = Files.walk(folder)) {
            Optional<Path> file = files.filter(path -> path.toString().endsWith(".incr.aof"))
                    .max(java.util.Comparator.naturalOrder());
            if (file.isEmpty()) {
                throw new AssertionError("no append-only file in " + folder);
            }
            try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.WRITE)) {
                channel.truncate(Math.max(0, channel.size() - bytes));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
