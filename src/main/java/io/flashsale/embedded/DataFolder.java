package io.flashsale.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
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
     * Creates the folder where it is missing, locks it, and makes sure that it takes data.
     *
     * @throws EmbeddedStoreException where it cannot be written or is full, or another process holds it
     */
    public static DataFolder open(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        FileChannel channel = null;
        try {
            Files.createDirectories(path);
            channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new EmbeddedStoreException("the data folder " + path + " is in use by another flash sale"
                        + holder(path) + "; stop it, or give this one another folder with DATA_DIR");
            }
            FolderProbe.requireSpace(path, FolderProbe.SPARE_BYTES);
            Secrets.write(
                    path.resolve("pid"),
                    ascii(String.valueOf(ProcessHandle.current().pid())));
            return new DataFolder(path, channel, lock);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unusable(path, e);
        } catch (EmbeddedStoreException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static String holder(Path path) throws IOException {
        Path pidFile = path.resolve("pid");
        return Files.isReadable(pidFile)
                ? " (process " + Files.readString(pidFile).trim() + ")"
                : "";
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // There is a better reason already.
        }
    }

    private static EmbeddedStoreException unusable(Path path, IOException reason) {
        return new EmbeddedStoreException(
                "the data folder " + path + " cannot be used (" + FolderProbe.explain(reason)
                        + "); DATA_DIR must name a"
                        + " folder that this user can write, with at least " + (FolderProbe.SPARE_BYTES >> 20)
                        + " MiB free",
                reason);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /**
     * A folder within for a store, created where it is missing.
     *
     * @throws EmbeddedStoreException where it, or a file in it, cannot be written
     */
    Path folder(String name) {
        try {
            Path folder = Files.createDirectories(path.resolve(name));
            FolderProbe.requireOwn(folder);
            FolderProbe.requireSpace(folder, 1);
            return folder;
        } catch (IOException e) {
            throw unusable(path, e);
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
            Secrets.write(file, ascii(invented));
            return invented;
        } catch (FileSystemException e) {
            throw unusable(path, e);
        } catch (IOException e) {
            throw unusable(path, new FileSystemException(file.toString(), null, e.getMessage()));
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
