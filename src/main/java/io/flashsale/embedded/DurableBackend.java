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
 * The library's backend on an H2 file, made to keep its word: a write is in the file before it is answered, and a read is
 * answered with nothing but what is in the file.
 *
 * <p>As it comes, the file is written about once a second, and a process that is killed loses every write since that it
 * had acknowledged.
 *
 * <p>H2 closes its store for good when a write to the file fails, as on a full disk. The client is then answered an
 * error, and the file is opened again at its last commit: what was acknowledged is there, what the failed write changed in
 * memory is not. Reads go on; further writes are refused, and one is tried after each pause until the file takes it.
 */
final class DurableBackend implements MongoBackend {
    /** By the name that an operator knows. */
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMongo.class);

    /** Commands about the server or the connection, which need no file. */
    private static final Set<String> WITHOUT_DATA = Set.of(
            "ping", "hello", "ismaster", "buildinfo", "serverstatus", "whatsmyuri", "endsessions", "killcursors");

    /** Commands that change nothing; whatever is in neither list is taken for a write. */
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
    private final WritePause pause = new WritePause();

    /** One write at a time: a commit in the middle of another's would put half a document into the file. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Its store is closed where the file could not be opened again yet. Replaced under the lock. */
    private volatile H2Backend current;

    private boolean closed;

    private DurableBackend(H2File file, H2Backend opened) {
        this.file = file;
        this.current = opened;
    }

    /**
     * Opens a file, and makes one that does not exist.
     *
     * @param fileName as H2 takes it
     * @throws MVStoreException where it cannot be opened
     */
    static DurableBackend open(String fileName) {
        H2File file = new H2File(fileName);
        return new DurableBackend(file, file.open());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
        String command = message.getDocument().keySet().iterator().next();
        return answer(command, backend -> backend.handleMessage(message));
    }

    @Override
    public Document handleCommand(Channel channel, String databaseName, String command, Document query) {
        return answer(command, backend -> backend.handleCommand(channel, databaseName, command, query));
    }

    private Document answer(String command, Function<H2Backend, Document> step) {
        String name = command.toLowerCase(Locale.ROOT);
        if (WITHOUT_DATA.contains(name)) {
            return step.apply(current);
        }
        try {
            return READS.contains(name) ? read(step) : write(step);
        } catch (MVStoreException e) {
            // As a reply: of what is thrown the library logs the document, which may hold what no log should.
            return StorageError.of(e).reply();
        }
    }

    @Override
    public QueryResult handleQuery(MongoQuery query) {
        return read(backend -> backend.handleQuery(query));
    }

    private <T> T read(Function<H2Backend, T> step) {
        H2Backend backend = opened();
        MVStore store = backend.getMvStore();
        MVStore.TxCounter version = store.registerVersionUsage();
        T reply;
        try {
            reply = step.apply(backend);
        } finally {
            store.deregisterVersionUsage(version);
        }
        if (!survivesWriteUnderWay(backend)) {
            throw new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was opened again while it was read");
        }
        return reply;
    }

    /** A read may have seen what a write beside it had changed in memory, and what the file then refused. */
    private boolean survivesWriteUnderWay(H2Backend backend) {
        if (!writing.isLocked()) {
            return stands(backend);
        }
        writing.lock();
        try {
            return stands(backend);
        } finally {
            writing.unlock();
        }
    }

    /** A file that could not be opened again leaves a closed store behind, whose memory is not what the file holds. */
    private boolean stands(H2Backend backend) {
        return backend == current && !backend.getMvStore().isClosed();
    }

    private Document write(Function<H2Backend, Document> step) {
        writing.lock();
        try {
            pause.check();
            H2Backend backend = opened();
            try {
                return committed(backend, step);
            } catch (MVStoreException e) {
                reopen(backend, e);
                throw e;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Commits also what a command had done before it ended with an error, as a bulk of several documents may. */
    private Document committed(H2Backend backend, Function<H2Backend, Document> step) {
        Document reply = null;
        RuntimeException refused = null;
        try {
            reply = step.apply(backend);
        } catch (MVStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            refused = e;
        }
        MVStore store = backend.getMvStore();
        long version = store.commit();
        // A closed store commits nothing and says no more than one without changes.
        if (store.isClosed()) {
            throw new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was closed while it was written");
        }
        if (version != NO_COMMIT && pause.end()) {
            LOG.atInfo().addKeyValue("file", file).log("data file can be written again");
        }
        tidy(backend);
        if (refused != null) {
            throw refused;
        }
        return reply;
    }

    /** What was committed stays committed, whatever becomes of this. */
    private void tidy(H2Backend backend) {
        try {
            file.committed(backend.getMvStore());
        } catch (RuntimeException e) {
            reopen(backend, storeFailure(e));
        }
    }

    /** The store that is open, opened again where it is not. */
    private H2Backend opened() {
        H2Backend backend = current;
        if (!backend.getMvStore().isClosed()) {
            return backend;
        }
        writing.lock();
        try {
            if (current.getMvStore().isClosed()) {
                if (closed) {
                    throw new MVStoreException(DataUtils.ERROR_CLOSED, "the server is stopping");
                }
                pause.check();
                reopen(current, new MVStoreException(DataUtils.ERROR_CLOSED, "the data file was closed"));
            }
            return current;
        } finally {
            writing.unlock();
        }
    }

    private void reopen(H2Backend broken, MVStoreException reason) {
        broken.getMvStore().closeImmediately();
        if (pause.begin(reason)) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", StorageError.of(reason).reason())
                    .log("data file could not be written; writes are refused until it can");
        }
        try {
            current = file.open();
        } catch (RuntimeException e) {
            pause.begin(storeFailure(e));
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("data file could not be opened again yet");
        }
    }

    /** Whatever the store throws, a client is answered the same way. */
    private static MVStoreException storeFailure(RuntimeException failure) {
        return failure instanceof MVStoreException known
                ? known
                : new MVStoreException(DataUtils.ERROR_INTERNAL, failure.toString());
    }

    /** Closes the file. What was acknowledged is in it, so that a failure here is worth a line and no more. */
    @Override
    public void close() {
        writing.lock();
        try {
            closed = true;
            MVStore store = current.getMvStore();
            // Lets go of versions whose last reader could not do so itself, since a commit was under way.
            store.deregisterVersionUsage(store.registerVersionUsage());
            current.close();
        } catch (MVStoreException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", StorageError.of(e).reason())
                    .log("data file was not closed cleanly; the next start reads it up to its last commit");
            current.getMvStore().closeImmediately();
        } finally {
            writing.unlock();
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

    /** Not supported: it would have to outlive a file that is opened again. */
    @Override
    public void enableOplog() {
        throw new UnsupportedOperationException("no oplog");
    }

    @Override
    public void disableOplog() {
        // There is none.
    }

    /** Not supported: it would have to outlive a file that is opened again. */
    @Override
    public MongoBackend version(MongoVersion version) {
        throw new UnsupportedOperationException("the library's default version is served");
    }

    @Override
    public String toString() {
        return "DurableBackend[" + file + "]";
    }
}
