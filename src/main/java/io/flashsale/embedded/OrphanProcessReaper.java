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
 * A Redis that outlived the process which started it. Two servers on the same append-only folder would both write to it,
 * so the old one is ended before the data is opened again.
 */
final class OrphanProcessReaper {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanProcessReaper.class);
    private static final long STOP_MILLIS = 10_000;
    private static final long POLL_MILLIS = 20;

    private final Path folder;

    OrphanProcessReaper(Path folder) {
        this.folder = folder;
    }

    /** Writes down which child runs. */
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

    /** Ends the child that is written down, if it runs and is ours; a stranger that has its number now is left alone. */
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
            throw new EmbeddedStoreException("cannot tell whether an old Redis still runs, see " + record, e);
        }
    }

    private void end(ProcessHandle process, RedisProbe probe) throws IOException {
        if (knowsOurPassword(process, probe)) {
            LOG.atInfo().addKeyValue("pid", process.pid()).log("an earlier Redis still runs; shutting it down");
            try {
                probe.shutDown();
            } catch (IOException e) {
                LOG.atDebug().log("it ended before it answered");
            }
        } else if (!worksInOurFolder(process)) {
            return;
        }
        if (!ended(process)) {
            if (Thread.currentThread().isInterrupted()) {
                // This start is given up. That is no reason to kill one that may still write what it has acknowledged.
                throw new EmbeddedStoreException("interrupted while an earlier Redis was ending", null);
            }
            process.destroyForcibly();
            if (!ended(process)) {
                throw new EmbeddedStoreException("the earlier Redis, process " + process.pid() + ", does not end");
            }
        }
    }

    private static boolean knowsOurPassword(ProcessHandle process, RedisProbe probe) {
        try {
            return probe.pid() == process.pid();
        } catch (IOException e) {
            return false;
        }
    }

    /** A Redis that is stopped or overloaded does not answer, but where it works can be seen where the system tells. */
    private boolean worksInOurFolder(ProcessHandle process) {
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

    /** One that is dead but that nobody has waited for still has its number, and nothing behind it. */
    private static boolean ended(ProcessHandle process) {
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
