package io.flashsale.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** A disk that refuses writes when it is told to, as a full one does. H2 reaches it by the scheme {@code faulty}. */
public final class FaultyDisk extends FilePathWrapper {
    private static final Map<String, State> FILES = new ConcurrentHashMap<>();

    static {
        FilePath.register(new FaultyDisk());
    }

    /** What becomes of the writes to one file. */
    public static final class State {
        private State() {}

        private volatile boolean full;
        private volatile double writtenBeforeFailing;

        /**
         * From now on each write fails.
         *
         * @param fraction how much of what was to be written reaches the file nevertheless
         */
        public void fill(double fraction) {
            writtenBeforeFailing = fraction;
            full = true;
        }

        /** From now on writes succeed. */
        public void free() {
            full = false;
        }
    }

    /** Public for H2, which makes one for each path. */
    public FaultyDisk() {}

    /** The name by which H2 opens this file on such a disk. */
    static String name(Path file) {
        return "faulty:" + file;
    }

    /** Starts the embedded MongoDB-wire server on a file of such a disk. */
    public static EmbeddedMongo startMongo(Path file) {
        return EmbeddedMongo.start(name(file), 0);
    }

    /** The disk below a file. */
    public static State of(Path file) {
        return FILES.computeIfAbsent(file.toString(), name -> new State());
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Channel(
                super.open(mode), of(Path.of(name.substring(getPrefix().length()))));
    }

    private static final class Channel extends FileBaseDefault {
        private final FileChannel base;
        private final State state;

        private Channel(FileChannel base, State state) {
            this.base = base;
            this.state = state;
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            if (state.full) {
                ByteBuffer part = source.duplicate();
                part.limit(part.position() + (int) (part.remaining() * state.writtenBeforeFailing));
                base.write(part, position);
                throw new IOException("No space left on device");
            }
            return base.write(source, position);
        }

        @Override
        public synchronized int read(ByteBuffer target, long position) throws IOException {
            return base.read(target, position);
        }

        @Override
        public long size() throws IOException {
            return base.size();
        }

        @Override
        public void force(boolean metaData) throws IOException {
            base.force(metaData);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return base.tryLock(position, size, shared);
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            base.truncate(size);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            base.close();
        }
    }
}
