package io.flashsale.embedded;

import de.bwaldvogel.mongo.backend.h2.H2Backend;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.store.fs.FilePath;

/**
 * Opens the H2 file of the embedded MongoDB-wire server, and keeps it from growing far beyond what it holds.
 *
 * <p>Every write is a commit of its own, and each commit appends what it changed as one chunk. A chunk stays as long as
 * one of its pages is current. Without housekeeping the file grows to seven times its data, with it to about three times.
 */
final class H2File {
    /** Two copies of the header, a block each, come before the first chunk. */
    private static final long HEADER_BYTES = 2L * 4_096;

    /**
     * For so many commits the space of an outdated chunk is not used again.
     *
     * <p>H2 finds the last commit from the file's header, or its end, by following each chunk to the next one. It writes
     * the header anew after 20 commits. A write over a chunk in between that ends half-way would cut the chain, and the
     * commits behind the cut would be lost.
     */
    private static final int VERSIONS_TO_KEEP = 32;

    private static final int TIDY_EVERY_COMMITS = 16;
    private static final int TIDY_BELOW_FILL_PERCENT = 60;
    private static final int TIDY_BYTES = 256 << 10;

    private final String name;
    private int commits;

    /**
     * Names the file.
     *
     * @param name as H2 takes it: a path, or a path behind the scheme of a file system that is registered with H2
     */
    H2File(String name) {
        this.name = name;
    }

    /**
     * Opens the file, and makes one that does not exist.
     *
     * <p>Reads it up to the last chunk that was written as a whole, and writes nothing, so that it opens on a full disk.
     *
     * @throws MVStoreException where it cannot be read
     */
    H2Backend open() {
        deleteTornHeader();
        MVStore store = new MVStore.Builder()
                .fileName(name)
                .autoCommitDisabled()
                .autoCommitBufferSize(0)
                .open();
        // By commits, not by time: what a second of writes leaves behind may be more than a small disk has.
        store.setVersionsToKeep(VERSIONS_TO_KEEP);
        store.setRetentionTime(0);
        try {
            return new H2Backend(store);
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    /** A file that was created on a full disk holds nothing, but H2 would take it for a broken one. */
    private void deleteTornHeader() {
        FilePath path = FilePath.get(name);
        if (path.isRegularFile() && path.size() < HEADER_BYTES) {
            path.delete();
        }
    }

    /**
     * Counts a commit, and now and then has the next one write the rest of mostly outdated chunks anew, which frees them.
     *
     * @throws MVStoreException where the file cannot be read; the store is closed then
     */
    void committed(MVStore store) {
        if (++commits % TIDY_EVERY_COMMITS == 0) {
            store.compact(TIDY_BELOW_FILL_PERCENT, TIDY_BYTES);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
