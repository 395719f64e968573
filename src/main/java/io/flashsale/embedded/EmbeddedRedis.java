package io.flashsale.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis as a child process that is started again on its data whenever it dies.
 *
 * <p>Its port and password stay the same as long as this object lives, so that clients need only reconnect. The child is
 * started and watched by one thread that lives as long: where the system can signal a child when its parent dies, it does
 * so when the <em>thread</em> that started it ends.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 10;
    private static final long QUICK_DEATH_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int QUICK_DEATHS_BEFORE_DOUBT = 3;
    private static final long MAX_PAUSE_MILLIS = 2_000;
    private static final long MAX_LOG_BYTES = 10L << 20;

    private final Path folder;
    private final Path binary;
    private final String password = Secrets.random();
    private final int port;
    private final RedisProbe probe;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread supervisor;
    private volatile Process child;
    private volatile boolean closing;

    private EmbeddedRedis(Path folder) {
        this.folder = folder;
        new LeftOverRedis(folder).shutDown();
        this.binary = RedisBinary.find(folder);
        this.port = freePort();
        this.probe = new RedisProbe(port, password);
        this.supervisor = new Thread(this::supervise, "embedded-redis");
        supervisor.setDaemon(true);
    }

    /**
     * Starts a Redis on the data in this folder, and waits until it answers.
     *
     * @throws EmbeddedStoreException where it does not
     */
    public static EmbeddedRedis start(Path folder) {
        EmbeddedRedis redis = new EmbeddedRedis(folder.toAbsolutePath());
        redis.supervisor.start();
        try {
            redis.ready.get(START_SECONDS, TimeUnit.SECONDS);
            return redis;
        } catch (ExecutionException | TimeoutException e) {
            redis.close();
            throw new EmbeddedStoreException("Redis did not start; see " + redis.log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            redis.close();
            throw new EmbeddedStoreException("interrupted while Redis was starting", e);
        }
    }

    /** Where it listens, with its password: for the client, not for a log. */
    public String uri() {
        return "redis://:" + password + "@127.0.0.1:" + port;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** The binary that runs. */
    public Path binary() {
        return binary;
    }

    /** The child that runs now; another one after each restart. */
    public ProcessHandle process() {
        return child.toHandle();
    }

    /** Asks Redis to write what it has and to end; ends it where it does not. */
    @Override
    public void close() {
        closing = true;
        Process last = child;
        if (last != null && last.isAlive()) {
            try {
                probe.shutDown();
                if (!last.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    last.destroyForcibly().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
                }
            } catch (IOException e) {
                last.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                last.destroyForcibly();
            }
        }
        supervisor.interrupt();
    }

    private void supervise() {
        int quickDeaths = 0;
        while (!closing) {
            try {
                long startedAt = System.nanoTime();
                Process started = launch();
                child = started;
                if (closing) {
                    started.destroyForcibly();
                    return;
                }
                LeftOverRedis.record(folder, started.pid(), port, password);
                awaitAnswer(started);
                int exit = started.waitFor();
                if (closing) {
                    return;
                }
                boolean quick = System.nanoTime() - startedAt < QUICK_DEATH_NANOS;
                quickDeaths = quick ? quickDeaths + 1 : 1;
                LOG.atWarn().addKeyValue("exit", exit).log("Redis ended; starting it again on its data");
                if (quickDeaths >= QUICK_DEATHS_BEFORE_DOUBT && logSaysBadData()) {
                    moveBrokenDataAside();
                }
                Thread.sleep(Math.min(MAX_PAUSE_MILLIS, quick ? 50L << Math.min(quickDeaths, 6) : 1));
            } catch (IOException e) {
                if (!ready.completeExceptionally(e)) {
                    LOG.atError().addKeyValue("reason", e.toString()).log("Redis could not be started again");
                    pause();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void awaitAnswer(Process started) throws InterruptedException {
        while (started.isAlive() && !closing) {
            if (probe.answers()) {
                ready.complete(null);
                return;
            }
            Thread.sleep(10);
        }
    }

    private Process launch() throws IOException {
        Files.createDirectories(folder);
        Path configuration = folder.resolve("redis.conf");
        // In a file that only its owner reads: command lines are public on this machine.
        String text = String.join(
                "\n",
                "bind 127.0.0.1",
                "port " + port,
                "requirepass " + password,
                "dir \"" + folder.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"",
                "appendonly yes",
                "appendfsync everysec",
                "save \"\"",
                "maxmemory-policy noeviction",
                "daemonize no",
                "");
        Secrets.write(configuration, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        if (Files.exists(log()) && Files.size(log()) > MAX_LOG_BYTES) {
            Files.move(log(), folder.resolve("redis.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            // SIGTERM, not SIGKILL: a Redis whose parent was killed still writes what it has.
            command.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "TERM"));
        }
        command.addAll(List.of(binary.toString(), configuration.toString()));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path log() {
        return folder.resolve("redis.log");
    }

    private boolean logSaysBadData() throws IOException {
        String text = Files.readString(log(), StandardCharsets.ISO_8859_1);
        String tail = text.substring(Math.max(0, text.length() - 4_096));
        return tail.contains("Bad file format") || tail.contains("Wrong signature") || tail.contains("is corrupted");
    }

    /** Every sale is rebuilt from MongoDB, so an empty Redis that runs is better than a full one that does not. */
    private void moveBrokenDataAside() throws IOException {
        Path data = folder.resolve("appendonlydir");
        if (Files.exists(data)) {
            Path aside = Files.createTempDirectory(folder, "broken-").resolve("appendonlydir");
            Files.move(data, aside);
            LOG.atError()
                    .addKeyValue("movedTo", aside)
                    .log("Redis cannot read its data; it starts empty and its sales are recovered from MongoDB");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(MAX_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedStoreException("no free port on the loopback interface", e);
        }
    }
}
