package io.flashsale.embedded;

import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.nio.file.Path;
import java.util.Set;
import org.h2.mvstore.MVStore;

/**
 * The library's backend on an H2 file, made to keep its word: a write is in the file before it is answered.
 *
 * <p>As it comes, the file is written about once a second, and a process that is killed loses every write since that it
 * had acknowledged.
 */
final class DurableBackend extends H2Backend {
    /** Commands that change nothing; whatever is not listed is taken for a write. */
    private static final Set<String> READS = Set.of(
            "find",
            "getMore",
            "killCursors",
            "count",
            "distinct",
            "aggregate",
            "ping",
            "hello",
            "isMaster",
            "ismaster",
            "buildInfo",
            "listCollections",
            "listIndexes",
            "listDatabases",
            "serverStatus",
            "endSessions",
            "dbStats",
            "collStats");

    private static final int COMPACT_MILLIS = 2_000;

    private final MVStore store;
    private final Object writing = new Object();

    private DurableBackend(MVStore store) {
        super(store);
        this.store = store;
    }

    static DurableBackend open(Path file) {
        MVStore store = new MVStore.Builder()
                .fileName(file.toString())
                .autoCommitDisabled()
                .autoCommitBufferSize(0)
                .open();
        // Nothing reads old versions, so the space of what was overwritten may be used again at once.
        store.setVersionsToKeep(0);
        store.setRetentionTime(0);
        store.compactFile(COMPACT_MILLIS);
        return new DurableBackend(store);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
        if (READS.contains(message.getDocument().keySet().iterator().next())) {
            return super.handleMessage(message);
        }
        // One write at a time: a commit in the middle of another's would put half a document into the file.
        synchronized (writing) {
            try {
                return super.handleMessage(message);
            } finally {
                store.commit();
            }
        }
    }
}
