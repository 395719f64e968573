package io.flashsale.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Finds out whether a folder takes data before a store is started on it: a store that cannot write fails late, and in ways
 * that do not name the folder.
 */
final class FolderProbe {
    /** Enough for both stores to begin with nothing in them. */
    static final int SPARE_BYTES = 1 << 20;

    private FolderProbe() {}

    /**
     * Writes so many bytes and takes them away again. What a file system says of its free space is not asked: quotas and
     * reserved blocks are not in it.
     */
    static void requireSpace(Path folder, int bytes) throws IOException {
        Path probe = folder.resolve("probe.new");
        try {
            try (FileChannel out = FileChannel.open(
                    probe, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer zeros = ByteBuffer.allocate(bytes);
                while (zeros.hasRemaining()) {
                    out.write(zeros);
                }
                out.force(false);
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Refuses files that somebody else has left: H2 would open one for reading only, and fail at the first write. */
    static void requireOwn(Path folder) throws IOException {
        Files.walkFileTree(folder, Set.of(), 2, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) throws IOException {
                return visitFile(found, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) throws IOException {
                // Binaries that were unpacked here are only run.
                boolean isBinary = attributes.isRegularFile() && Files.isExecutable(found);
                if (!Files.isWritable(found) && !isBinary && Files.exists(found)) {
                    throw new AccessDeniedException(found.toString());
                }
                return FileVisitResult.CONTINUE;
            }

            /** A Redis that outlived its node may still work here, and take files away meanwhile. */
            @Override
            public FileVisitResult visitFileFailed(Path found, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    /** What went wrong, for an operator: the file and the system's own words. */
    static String explain(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + " cannot be written by this user" + owner(Path.of(denied.getFile()));
        }
        if (failure instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is not a folder";
        }
        if (failure instanceof FileSystemException known && known.getReason() != null) {
            return (known.getOtherFile() == null ? known.getFile() : known.getOtherFile()) + ": " + known.getReason();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Of the file, or of the folder in which it could not be made. */
    private static String owner(Path file) {
        Path found = Files.exists(file) ? file : file.getParent();
        try {
            return "; " + found + " belongs to " + Files.getOwner(found).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
