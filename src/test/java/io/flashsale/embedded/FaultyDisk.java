package io.flashsale.embedded;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * A disk that refuses writes when it is told to, as a full one does, or to open its files; and one that takes its time. H2
 * reaches it by the scheme {@code faulty}.
 */
public final class FaultyDisk extends FilePathWrapper {
    private static final Map<String, State> FILES = new ConcurrentHashMap<>();

    static {
        FilePath.register(new FaultyDisk());
    }

    /** What becomes of one file. */
    public static final class State {
        private final Semaphore arrived = new Semaphore(0);
        private final AtomicInteger refusedOpens = new AtomicInteger();
        private volatile boolean full;
        private volatile double writtenBeforeFailing;
        private volatile boolean closed;
        private volatile CountDownLatch held = new CountDownLatch(0);

        private State() {}

        /**
         * From now on each write fails.
         *
         * @param fraction how much of what was to be written reaches the file nevertheless
         */
        public void fill(double fraction) {
            writtenBeforeFailing = fraction;
            full = true;
        }

        /** From now on the file cannot be opened, while who has it open goes on. */
        void refuseToOpen() {
            closed = true;
        }

        /** How often it was refused. */
        int refusedOpens() {
            return refusedOpens.get();
        }

        /** From now on nothing fails. */
        public void free() {
            full = false;
            closed = false;
        }

        /** From now on each write waits at the disk. */
        void hold() {
            arrived.drainPermits();
            held = new CountDownLatch(1);
        }

        /** Waits until a write is held. */
        void awaitHeldWrite() throws InterruptedException {
            if (!arrived.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new AssertionError("no write came to the disk");
            }
        }

        /** The writes that are held go on, each to its success or failure. */
        void letGo() {
            held.countDown();
        }

        private void arrive() throws IOException {
            arrived.release();
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
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
        State state = of(Path.of(name.substring(getPrefix().length())));
        if (state.closed) {
            state.refusedOpens.incrementAndGet();
            throw new IOException("Input/output error");
        }
        return new Channel(super.open(mode), state);
    }

    private static final class Channel extends FileBaseDefault {
        private final FileChannel base;
        private final State state;

        private Channel(FileChannel base, State state) {
            this.base = base;
            this.state = state;
        }

        /** Not synchronized while it is held: reads of the file go on meanwhile. */
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public int write(ByteBuffer source, long position) throws IOException {
            state.arrive();
            return writeNow(source, position);
        }

        private synchronized int writeNow(ByteBuffer source, long position) throws IOException {
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
