package io.flashsale.faults;

import io.flashsale.embedded.TestRedisBinary;
import io.flashsale.support.TestStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;

/** A Redis that keeps its data in an append-only file, and that nobody looks after. */
final class RedisServer implements AutoCloseable {
    private final Path folder;
    private final int port = freePort();
    private Process process;

    RedisServer(Path folder) {
        this.folder = folder;
        start();
    }

    int port() {
        return port;
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    void start() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ProcessBuilder builder = new ProcessBuilder(
                TestRedisBinary.find(folder.getParent()).toString(),
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
        process = Processes.start(builder, folder.resolveSibling(folder.getFileName() + ".log"));
        for (int i = 0; i < 200; i++) {
            if (answers()) {
                return;
            }
            Processes.pause(25);
        }
        throw new AssertionError("Redis does not start in " + folder);
    }

    private boolean answers() {
        try (RawRedis redis = new RawRedis(port)) {
            return "PONG".equals(redis.send("PING"));
        } catch (IOException e) {
            return false;
        }
    }

    /** One command; an error is an error of the test. */
    Object send(String... words) {
        try (RawRedis redis = new RawRedis(port)) {
            return redis.send(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        Processes.halt(process, false);
        Processes.kill(process);
    }

    void halt(boolean halted) {
        Processes.halt(process, halted);
    }

    /** As if the disk were new. Only while it is not running. */
    void empty() {
        TestStores.delete(folder);
    }

    /** As if the last writes had not reached the disk; may cut a command in two. Only while it is not running. */
    void cutTail(long bytes) {
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
