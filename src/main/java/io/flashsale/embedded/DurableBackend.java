package io.flashsale.embedded;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps the library's H2 backend and makes it durable: a write is in the file before it is acknowledged, and a read
 * returns only data that is in the file.
 *
 * <p>The library itself writes the file about once a second. If its process is killed, it loses every write that it
 * acknowledged since.
 *
 * <p>H2 closes its store permanently when a write to the file fails, for example on a full disk. This class then
 * replies with an error and reopens the file at its last commit, which contains every acknowledged write and nothing
 * that the failed write changed in memory. Reads continue. Further writes are rejected; one is tried after each
 * back-off until the file can be written again.
 */
final class DurableBackend implements MongoBackend {
    /** Named after the class that operators find in the documentation. */
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMongo.class);

    /** Commands about the server or the connection, which do not access the file. */
    private static final Set<String> WITHOUT_DATA = Set.of(
            "ping", "hello", "ismaster", "buildinfo", "serverstatus", "whatsmyuri", "endsessions", "killcursors");

    /** Commands that change nothing. A command in neither list is treated as a write. */
    private static final Set<String> READS = Set.of(
            "find",
            "getmore",
            "count",
            "distinct",
            "aggregate",
            "listcollections",
            "listindexes",
            "listdatabases",
            "dbstats",
            "collstats");

    private static final long NO_COMMIT = -1;

    private final H2File file;
    private final WriteBackoff backoff = new WriteBackoff();

    /** Allows one write at a time: a commit in the middle of another write would put half a document into the file. */
    private final ReentrantLock writeLock = new ReentrantLock();

    /** The latest backend. Its store is closed while the file cannot be reopened. Replaced under the lock. */
    private volatile H2Backend current;

    private boolean closed;

    private DurableBackend(H2File file, H2Backend opened) {
        this.file = file;
        this.current = opened;
    }

    /**
     * Opens a file and creates it if it does not exist.
     *
     * @param fileName in the form that H2 accepts
     * @throws MVStoreException if the file cannot be opened
     */
    static DurableBackend open(String fileName) {
        H2File file = new H2File(fileName);
        return new DurableBackend(file, file.open());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
        String command = message.getDocument().keySet().iterator().next();
        return execute(command, backend -> backend.handleMessage(message));
    }

    @Override
    public Document handleCommand(Channel channel, String databaseName, String command, Document query) {
        return execute(command, backend -> backend.handleCommand(channel, databaseName, command, query));
    }

    private Document execute(String command, Function<H2Backend, Document> step) {
        String name = command.toLowerCase(Locale.ROOT);
        if (WITHOUT_DATA.contains(name)) {
            return step.apply(current);
        }
        try {
            return READS.contains(name) ? read(step) : write(step);
        } catch (MVStoreException e) {
            // As a reply: for an exception the library would log the document, which may contain secrets.
            return StorageError.of(e).reply();
        }
    }

    @Override
    public QueryResult handleQuery(MongoQuery query) {
        return read(backend -> backend.handleQuery(query));
    }

    private <T> T read(Function<H2Backend, T> step) {
        H2Backend backend = openBackend();
        MVStore store = backend.getMvStore();
        MVStore.TxCounter version = store.registerVersionUsage();
        T reply;
        try {
            reply = step.apply(backend);
        } finally {
            store.deregisterVersionUsage(version);
        }
        if (!isValidAfterConcurrentWrite(backend)) {
            throw new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was reopened while it was read");
        }
        return reply;
    }

    /** Waits for a concurrent write: the read may have seen changes in memory that the file then did not accept. */
    private boolean isValidAfterConcurrentWrite(H2Backend backend) {
        if (!writeLock.isLocked()) {
            return isCurrentAndOpen(backend);
        }
        writeLock.lock();
        try {
            return isCurrentAndOpen(backend);
        } finally {
            writeLock.unlock();
        }
    }

    /**
     * Checks both: if the file cannot be reopened, the current store is closed and its memory differs from the file.
     */
    private boolean isCurrentAndOpen(H2Backend backend) {
        return backend == current && !backend.getMvStore().isClosed();
    }

    private Document write(Function<H2Backend, Document> step) {
        writeLock.lock();
        try {
            backoff.check();
            H2Backend backend = openBackend();
            try {
                return applyAndCommit(backend, step);
            } catch (MVStoreException e) {
                reopen(backend, e);
                throw e;
            }
        } finally {
            writeLock.unlock();
        }
    }

    /** Commits even if the command ends with an error: a bulk write may have changed documents before it failed. */
    private Document applyAndCommit(H2Backend backend, Function<H2Backend, Document> step) {
        Document reply = null;
        RuntimeException failure = null;
        try {
            reply = step.apply(backend);
        } catch (MVStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
        }
        MVStore store = backend.getMvStore();
        long version = store.commit();
        // A closed store commits nothing, and returns the same value as a store without changes.
        if (store.isClosed()) {
            throw new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was closed while it was written");
        }
        if (version != NO_COMMIT && backoff.end()) {
            LOG.atInfo().addKeyValue("file", file).log("data file became writable again");
        }
        compactOccasionally(backend);
        if (failure != null) {
            throw failure;
        }
        return reply;
    }

    /** Compacts the file after some commits. A failure does not affect what is already committed. */
    private void compactOccasionally(H2Backend backend) {
        try {
            file.committed(backend.getMvStore());
        } catch (RuntimeException e) {
            reopen(backend, storeFailure(e));
        }
    }

    /** Returns the current backend; reopens the file first if its store is closed. */
    private H2Backend openBackend() {
        H2Backend backend = current;
        if (!backend.getMvStore().isClosed()) {
            return backend;
        }
        writeLock.lock();
        try {
            if (current.getMvStore().isClosed()) {
                if (closed) {
                    throw new MVStoreException(DataUtils.ERROR_CLOSED, "the server is stopping");
                }
                backoff.check();
                reopen(current, new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was closed"));
            }
            return current;
        } finally {
            writeLock.unlock();
        }
    }

    private void reopen(H2Backend broken, MVStoreException reason) {
        broken.getMvStore().closeImmediately();
        if (backoff.begin(reason)) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", StorageError.of(reason).reason())
                    .log("write to the data file failed; rejecting writes until it succeeds again");
        }
        try {
            current = file.open();
        } catch (RuntimeException e) {
            backoff.begin(storeFailure(e));
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("data file could not be reopened yet");
        }
    }

    /** Turns any exception of the store into the one type that clients get an error reply for. */
    private static MVStoreException storeFailure(RuntimeException failure) {
        return failure instanceof MVStoreException known
                ? known
                : new MVStoreException(DataUtils.ERROR_INTERNAL, failure.toString());
    }

    /** Closes the file. Every acknowledged write is already in it, so a failure here is only logged. */
    @Override
    public void close() {
        writeLock.lock();
        try {
            closed = true;
            MVStore store = current.getMvStore();
            // Releases versions whose last reader could not release them because a commit was under way.
            store.deregisterVersionUsage(store.registerVersionUsage());
            current.close();
        } catch (MVStoreException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", StorageError.of(e).reason())
                    .log("data file was not closed cleanly; the next start reads it up to its last commit");
            current.getMvStore().closeImmediately();
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public void handleClose(Channel channel) {
        current.handleClose(channel);
    }

    @Override
    public void dropDatabase(String databaseName) {
        write(backend -> {
            backend.dropDatabase(databaseName);
            return new Document();
        });
    }

    @Override
    public Collection<Document> getCurrentOperations(MongoQuery query) {
        return current.getCurrentOperations(query);
    }

    @Override
    public Document getServerStatus() {
        return current.getServerStatus();
    }

    @Override
    public void closeCursors(List<Long> cursorIds) {
        current.closeCursors(cursorIds);
    }

    @Override
    public Clock getClock() {
        return current.getClock();
    }

    @Override
    public MongoDatabase resolveDatabase(String database) {
        return current.resolveDatabase(database);
    }

    /** Not supported: the oplog would have to survive the reopening of the file. */
    @Override
    public void enableOplog() {
        throw new UnsupportedOperationException("no oplog");
    }

    @Override
    public void disableOplog() {
        // There is no oplog.
    }

    /** Not supported: the version would have to survive the reopening of the file. */
    @Override
    public MongoBackend version(MongoVersion version) {
        throw new UnsupportedOperationException("only the library's default version is served");
    }

    @Override
    public String toString() {
        return "DurableBackend[" + file + "]";
    }
}
