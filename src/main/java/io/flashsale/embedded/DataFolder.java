package io.flashsale.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder of the embedded stores, held by this process alone. */
public final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Creates the folder where it is missing, and locks it.
     *
     * @throws EmbeddedStoreException where it cannot be written, or another process holds it
     */
    public static DataFolder open(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(path);
            Path pidFile = path.resolve("pid");
            FileChannel channel =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                String holder = Files.exists(pidFile)
                        ? " (process " + Files.readString(pidFile).trim() + ")"
                        : "";
                throw new EmbeddedStoreException("the data folder " + path + " is in use by another flash sale" + holder
                        + "; stop it, or give this one another folder with DATA_DIR");
            }
            Files.writeString(pidFile, String.valueOf(ProcessHandle.current().pid()));
            return new DataFolder(path, channel, lock);
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "the data folder " + path + " cannot be used (" + e + "); DATA_DIR must name a folder that can be"
                            + " written",
                    e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** A folder within, created where it is missing. */
    Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new EmbeddedStoreException("cannot create " + path.resolve(name), e);
        }
    }

    /**
     * A secret that is invented once and kept in the folder, readable by its owner alone.
     *
     * @param name of the file
     */
    public String secret(String name) {
        Path file = path.resolve(name);
        try {
            if (Files.exists(file)) {
                return Files.readString(file).trim();
            }
            String invented = Secrets.random();
            Secrets.write(file, ByteBuffer.wrap(invented.getBytes(StandardCharsets.US_ASCII)));
            return invented;
        } catch (IOException e) {
            throw new EmbeddedStoreException("cannot keep a secret in " + file, e);
        }
    }

    /** Where the folder is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedStoreException("cannot let go of " + path, e);
        }
    }
}
