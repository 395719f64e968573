package io.flashsale.embedded;

import de.bwaldvogel.mongo.backend.h2.H2Backend;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.store.fs.FilePath;

/**
 * Opens the H2 file of the embedded MongoDB-wire server and limits its growth.
 *
 * <p>Every write is a commit of its own, and each commit appends its changes as one chunk. A chunk stays in the file as
 * long as one of its pages is current. Without compaction the file grows to seven times its data; with compaction, to
 * about three times.
 */
final class H2File {
    /** The file begins with two copies of the header, one block each. */
    private static final long HEADER_BYTES = 2L * 4_096;

    /**
     * The number of commits for which the space of an outdated chunk is not reused.
     *
     * <p>H2 finds the last commit by following the chain of chunks from the header of the file, or from its end. It
     * rewrites the header after 20 commits. If a chunk in between were overwritten and that write failed half-way, the
     * chain would be cut and all later commits would be lost.
     */
    private static final int VERSIONS_TO_KEEP = 32;

    private static final int COMPACT_EVERY_COMMITS = 16;
    private static final int COMPACT_BELOW_FILL_PERCENT = 60;
    private static final int COMPACT_BYTES = 256 << 10;

    private final String name;
    private int commits;

    /**
     * Names the file.
     *
     * @param name in the form that H2 accepts: a path, or a path after the scheme of a file system registered with H2
     */
    H2File(String name) {
        this.name = name;
    }

    /**
     * Opens the file and creates it if it does not exist.
     *
     * <p>Reads the file up to its last complete chunk. Writes nothing, so that it can be opened on a full disk.
     *
     * @throws MVStoreException if the file cannot be read
     */
    H2Backend open() {
        deleteIncompleteHeader();
        MVStore store = new MVStore.Builder()
                .fileName(name)
                .autoCommitDisabled()
                .autoCommitBufferSize(0)
                .open();
        // By commits, not by time: one second of writes may leave more outdated chunks than a small disk can hold.
        store.setVersionsToKeep(VERSIONS_TO_KEEP);
        store.setRetentionTime(0);
        try {
            return new H2Backend(store);
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    /** Deletes a file that was created on a full disk: it contains no data, but H2 would report it as corrupt. */
    private void deleteIncompleteHeader() {
        FilePath path = FilePath.get(name);
        if (path.isRegularFile() && path.size() < HEADER_BYTES) {
            path.delete();
        }
    }

    /**
     * Counts a commit. After some commits, schedules the live pages of mostly outdated chunks to be rewritten with the
     * next commit, which frees those chunks.
     *
     * @throws MVStoreException if the file cannot be read; the store is closed then
     */
    void committed(MVStore store) {
        if (++commits % COMPACT_EVERY_COMMITS == 0) {
            store.compact(COMPACT_BELOW_FILL_PERCENT, COMPACT_BYTES);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
