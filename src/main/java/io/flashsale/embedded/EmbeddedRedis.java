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
 * Runs Redis as a supervised child process and restarts it on its data whenever it dies.
 *
 * <p>Port and password stay the same for the life of this object, so clients only have to reconnect. One thread starts
 * and supervises the child and lives as long as this object: a system that can signal a child when its parent dies does
 * so when the <em>thread</em> that started the child ends. The child has a process group of its own, so that Ctrl-C in
 * a terminal does not end it while a node is still draining.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

    private static final int START_SECONDS = 30;
    private static final int STOP_SECONDS = 10;
    private static final int FAILED_STARTS_BEFORE_DATA_CHECK = 3;

    /** Log messages of Redis 7 before it exits because it cannot read its files. */
    private static final List<String> CORRUPT_DATA_MESSAGES = List.of(
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
     * Starts Redis on the data in this folder and waits until it answers.
     *
     * @throws EmbeddedStoreException if it does not answer in time
     */
    public static EmbeddedRedis start(Path folder) {
        return start(folder, ProcessLauncher.ofThisMachine());
    }

    /** Starts Redis with a given launcher. Tests use it to hide some tools of this machine. */
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

    /** Returns the address including the password. It must not be logged. */
    public String uri() {
        return "redis://:" + password + "@127.0.0.1:" + port;
    }

    /** Returns the port on which Redis listens. */
    public int port() {
        return port;
    }

    /** Returns the path of the running binary. */
    public Path binary() {
        return binary;
    }

    /** Returns the current child process, which changes with each restart. */
    public ProcessHandle process() {
        return child.handle();
    }

    /**
     * Shuts Redis down and lets it write its data; kills it if it does not end in time. An interrupt does not shorten
     * the wait, because data that Redis has not written yet would be lost.
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
            killChild();
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
            // Redis is loading its data, or writes for longer than the probe's timeout. SIGTERM has the same effect and
            // is handled when Redis is done.
            last.terminate();
        }
        for (int i = 0; i < STOP_SECONDS && !last.waitFor(1, TimeUnit.SECONDS); i++) {
            // A child of the wrapper shell ignores SIGTERM until Redis has installed its own handler, so send it again.
            last.terminate();
        }
        if (last.isAlive()) {
            LOG.atWarn().addKeyValue("seconds", STOP_SECONDS).log("Redis did not end in time and was killed");
            last.kill();
            last.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void supervise() {
        int failedStarts = 0;
        while (!closing) {
            try {
                DetachedProcess started = launch();
                child = started;
                if (closing) {
                    started.kill();
                    return;
                }
                OrphanProcessReaper.record(folder, started.handle().pid(), port, password);
                // No time limit: Redis may take long to find that its data is corrupt. Only an answer counts as a
                // start.
                failedStarts = awaitAnswer(started) ? 0 : failedStarts + 1;
                int exit = started.waitFor();
                if (closing) {
                    return;
                }
                LOG.atWarn().addKeyValue("exit", exit).log("Redis ended; restarting it on its data");
                if (failedStarts >= FAILED_STARTS_BEFORE_DATA_CHECK && logReportsCorruptData()) {
                    moveCorruptDataAside();
                    failedStarts = 0;
                }
                Thread.sleep(Math.min(MAX_PAUSE_MILLIS, 50L << Math.min(failedStarts, 6)));
            } catch (IOException | RuntimeException e) {
                killChild();
                if (!ready.completeExceptionally(e) && !closing) {
                    LOG.atError().addKeyValue("reason", e.toString()).log("Redis could not be restarted");
                    pause();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Kills the child, because two servers on one append-only file would both write to it. */
    private void killChild() {
        DetachedProcess last = child;
        if (last != null && last.isAlive()) {
            last.kill();
        }
    }

    /** Returns whether the child answered before it died. */
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
        // The password is in a file that only its owner can read: every user of this machine can see command lines.
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

    /** Looks only at the output of the last launch: an older message says nothing about the current data. */
    private boolean logReportsCorruptData() throws IOException {
        String text = Files.readString(log(), StandardCharsets.ISO_8859_1);
        String ofLastLaunch = text.substring((int) Math.min(logLengthAtLaunch, text.length()));
        return CORRUPT_DATA_MESSAGES.stream().anyMatch(ofLastLaunch::contains);
    }

    /** Lets Redis start empty: every sale can be rebuilt from MongoDB, but not while Redis does not run. */
    private void moveCorruptDataAside() throws IOException {
        Path data = folder.resolve("appendonlydir");
        if (Files.exists(data)) {
            Path aside = Files.createTempDirectory(folder, "broken-").resolve("appendonlydir");
            Files.move(data, aside);
            LOG.atError()
                    .addKeyValue("movedTo", aside)
                    .log("Redis could not read its data; starting it empty and recovering its sales from MongoDB");
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
