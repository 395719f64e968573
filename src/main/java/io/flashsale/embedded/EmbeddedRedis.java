package io.flashsale.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * so when the <em>thread</em> that started it ends. It has a process group of its own, so that Ctrl-C in a terminal leaves
 * it to serve a node that still drains.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 10;
    private static final int DEATHS_BEFORE_DOUBT = 3;

    /** What Redis 7 writes before it gives up on its files. */
    private static final List<String> BAD_DATA = List.of(
            "Bad file format",
            "Wrong signature",
            "is corrupted",
            "Invalid AOF manifest file format",
            "Unable to obtain the AOF file",
            "Short read or OOM loading DB",
            "Internal error in RDB reading",
            "Unexpected end of file");

    private static final long MAX_PAUSE_MILLIS = 2_000;
    private static final long MAX_LOG_BYTES = 10L << 20;

    private final Path folder;
    private final Path binary;
    private final ProcessLauncher launcher;
    private final String password = Secrets.random();
    private final int port;
    private final RedisProbe probe;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread supervisor;
    private volatile DetachedProcess child;
    private long logLengthAtLaunch;
    private volatile boolean closing;

    private EmbeddedRedis(Path folder, ProcessLauncher launcher) {
        this.folder = folder;
        new OrphanProcessReaper(folder).shutDown();
        this.binary = RedisBinary.find(folder);
        this.launcher = launcher;
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
        return start(folder, ProcessLauncher.ofThisMachine());
    }

    /** The same with other tools than this machine's; a test leaves some of them out. */
    static EmbeddedRedis start(Path folder, ProcessLauncher launcher) {
        EmbeddedRedis redis = new EmbeddedRedis(folder.toAbsolutePath(), launcher);
        redis.supervisor.start();
        try {
            redis.ready.get(START_SECONDS, TimeUnit.SECONDS);
            return redis;
        } catch (ExecutionException | TimeoutException e) {
            redis.close();
            throw new EmbeddedStoreException("Redis did not start; see " + redis.log(), e);
        } catch (InterruptedException e) {
            redis.close();
            Thread.currentThread().interrupt();
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
        return child.handle();
    }

    /**
     * Asks Redis to write what it has and to end; ends it where it does not. An interrupt does not cut that short: what Redis
     * has not written yet would be lost.
     */
    @Override
    public void close() {
        closing = true;
        boolean interrupted = Thread.interrupted();
        try {
            DetachedProcess last = child;
            if (last != null && last.isAlive()) {
                end(last);
            }
            supervisor.interrupt();
            supervisor.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            interrupted = true;
            endChild();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end(DetachedProcess last) throws InterruptedException {
        try {
            probe.shutDown();
        } catch (IOException e) {
            // It loads its data, or writes for longer than the probe waits: SIGTERM means the same, and waits its turn.
            last.terminate();
        }
        for (int i = 0; i < STOP_SECONDS && !last.waitFor(1, TimeUnit.SECONDS); i++) {
            // Where a shell started it, it ignores SIGTERM until it has come to say otherwise.
            last.terminate();
        }
        if (last.isAlive()) {
            LOG.atWarn().addKeyValue("seconds", STOP_SECONDS).log("Redis did not end in time and was killed");
            last.kill();
            last.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void supervise() {
        int deathsInARow = 0;
        while (!closing) {
            try {
                DetachedProcess started = launch();
                child = started;
                if (closing) {
                    started.kill();
                    return;
                }
                OrphanProcessReaper.record(folder, started.handle().pid(), port, password);
                // However long it takes to find its data broken: one that never answered has not started.
                deathsInARow = awaitAnswer(started) ? 0 : deathsInARow + 1;
                int exit = started.waitFor();
                if (closing) {
                    return;
                }
                LOG.atWarn().addKeyValue("exit", exit).log("Redis ended; starting it again on its data");
                if (deathsInARow >= DEATHS_BEFORE_DOUBT && logSaysBadData()) {
                    moveBrokenDataAside();
                    deathsInARow = 0;
                }
                Thread.sleep(Math.min(MAX_PAUSE_MILLIS, 50L << Math.min(deathsInARow, 6)));
            } catch (IOException | RuntimeException e) {
                endChild();
                if (!ready.completeExceptionally(e) && !closing) {
                    LOG.atError().addKeyValue("reason", e.toString()).log("Redis could not be started again");
                    pause();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Two servers on one append-only file would both write to it. */
    private void endChild() {
        DetachedProcess last = child;
        if (last != null && last.isAlive()) {
            last.kill();
        }
    }

    /** Whether it answered before it died. */
    private boolean awaitAnswer(DetachedProcess started) throws InterruptedException {
        while (started.isAlive() && !closing) {
            if (probe.answers()) {
                ready.complete(null);
                return true;
            }
            Thread.sleep(10);
        }
        return false;
    }

    private DetachedProcess launch() throws IOException, InterruptedException {
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
        logLengthAtLaunch = Files.exists(log()) ? Files.size(log()) : 0;
        return DetachedProcess.start(launcher, folder, log().toFile(), binary.toString(), configuration.toString());
    }

    private Path log() {
        return folder.resolve("redis.log");
    }

    /** Only what the last launch wrote counts: an old complaint says nothing about the data of today. */
    private boolean logSaysBadData() throws IOException {
        String text = Files.readString(log(), StandardCharsets.ISO_8859_1);
        String ofLastLaunch = text.substring((int) Math.min(logLengthAtLaunch, text.length()));
        return BAD_DATA.stream().anyMatch(ofLastLaunch::contains);
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
