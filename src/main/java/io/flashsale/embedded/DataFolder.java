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

/** Holds the data folder of the embedded stores, locked for this process alone. */
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
     * Creates the folder if it is missing, locks it, and checks that data can be written to it.
     *
     * @throws EmbeddedStoreException if the folder is not writable or is full, or if another process has locked it
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
            // The caller already reports the actual cause.
        }
    }

    private static EmbeddedStoreException unusable(Path path, IOException reason) {
        return new EmbeddedStoreException(
                "the data folder " + path + " cannot be used (" + FolderProbe.explain(reason)
                        + "); DATA_DIR must name a"
                        + " folder that this user can write to, with at least " + (FolderProbe.SPARE_BYTES >> 20)
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
     * Returns the subfolder of one store and creates it if it is missing.
     *
     * @throws EmbeddedStoreException if the subfolder or a file in it is not writable
     */
    Path folder(String name) {
        try {
            Path folder = Files.createDirectories(path.resolve(name));
            FolderProbe.requireWritable(folder);
            FolderProbe.requireSpace(folder, 1);
            return folder;
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /**
     * Returns a secret that is generated once and kept in the folder, readable only by its owner.
     *
     * @param name the name of the file
     */
    public String secret(String name) {
        Path file = path.resolve(name);
        try {
            if (Files.exists(file)) {
                return Files.readString(file).trim();
            }
            String generated = Secrets.random();
            Secrets.write(file, ascii(generated));
            return generated;
        } catch (FileSystemException e) {
            throw unusable(path, e);
        } catch (IOException e) {
            throw unusable(path, new FileSystemException(file.toString(), null, e.getMessage()));
        }
    }

    /** Returns the absolute path of the folder. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedStoreException("cannot unlock " + path, e);
        }
    }
}
