package io.flashsale.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an orphaned Redis: a child that is still running although the process that started it is gone. Two servers on
 * one append-only folder would both write to it, so the orphan has to end before the data is opened again.
 */
final class OrphanProcessReaper {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanProcessReaper.class);
    private static final long STOP_MILLIS = 10_000;
    private static final long POLL_MILLIS = 20;

    private final Path folder;

    OrphanProcessReaper(Path folder) {
        this.folder = folder;
    }

    /** Records which child is running. */
    static void record(Path folder, long pid, int port, String password) throws IOException {
        Properties child = new Properties();
        child.setProperty("pid", String.valueOf(pid));
        child.setProperty("port", String.valueOf(port));
        child.setProperty("password", password);
        StringWriter text = new StringWriter();
        child.store(text, null);
        Secrets.write(
                folder.resolve("child.properties"),
                ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Ends the recorded child if it still runs. Another process that has got the same process id since is left alone.
     */
    void shutDown() {
        Path record = folder.resolve("child.properties");
        if (!Files.exists(record)) {
            return;
        }
        try {
            Properties child = new Properties();
            child.load(new StringReader(Files.readString(record)));
            long pid = Long.parseLong(child.getProperty("pid", "0"));
            Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
            if (process.isPresent()) {
                RedisProbe probe = new RedisProbe(
                        Integer.parseInt(child.getProperty("port", "0")), child.getProperty("password", ""));
                end(process.get(), probe);
            }
            Files.deleteIfExists(record);
        } catch (IOException | NumberFormatException e) {
            throw new EmbeddedStoreException("cannot determine whether an earlier Redis still runs; see " + record, e);
        }
    }

    private void end(ProcessHandle process, RedisProbe probe) throws IOException {
        if (acceptsOurPassword(process, probe)) {
            LOG.atInfo().addKeyValue("pid", process.pid()).log("orphaned Redis found; shutting it down");
            try {
                probe.shutDown();
            } catch (IOException e) {
                LOG.atDebug().log("orphaned Redis ended before it answered");
            }
        } else if (!runsInOurFolder(process)) {
            return;
        }
        if (!awaitEnd(process)) {
            if (Thread.currentThread().isInterrupted()) {
                // This start was cancelled. Do not kill a Redis that may still be writing acknowledged data.
                throw new EmbeddedStoreException("interrupted while an earlier Redis was ending", null);
            }
            process.destroyForcibly();
            if (!awaitEnd(process)) {
                throw new EmbeddedStoreException("the earlier Redis, process " + process.pid() + ", does not end");
            }
        }
    }

    private static boolean acceptsOurPassword(ProcessHandle process, RedisProbe probe) {
        try {
            return probe.pid() == process.pid();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Checks the working directory, where the system exposes it: a Redis that is halted or overloaded does not answer.
     */
    private boolean runsInOurFolder(ProcessHandle process) {
        boolean isRedis = process.info()
                .command()
                .map(command -> command.matches(".*(redis|valkey)-(server|check).*"))
                .orElse(false);
        try {
            Path workingFolder = Path.of("/proc/" + process.pid() + "/cwd").toRealPath();
            return isRedis && workingFolder.equals(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until the process ends. A zombie counts as ended: it still has its process id, but no command. */
    private static boolean awaitEnd(ProcessHandle process) {
        for (long waited = 0; waited < STOP_MILLIS; waited += POLL_MILLIS) {
            if (!process.isAlive() || process.info().command().isEmpty()) {
                return true;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }
}
