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
 * Checks that a folder is writable before a store is started on it. A store that cannot write fails late, and its error
 * does not name the folder.
 */
final class FolderProbe {
    /** The space that both stores need to start empty. */
    static final int SPARE_BYTES = 1 << 20;

    private FolderProbe() {}

    /**
     * Writes a number of bytes and deletes them again. The free space that a file system reports is not enough to know,
     * because it does not include quotas and reserved blocks.
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

    /** Rejects files that this user cannot write: H2 would open one read-only and fail at the first write. */
    static void requireWritable(Path folder) throws IOException {
        Files.walkFileTree(folder, Set.of(), 2, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) throws IOException {
                return visitFile(found, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) throws IOException {
                // Binaries that were unpacked here are executed, never written.
                boolean isBinary = attributes.isRegularFile() && Files.isExecutable(found);
                if (!Files.isWritable(found) && !isBinary && Files.exists(found)) {
                    throw new AccessDeniedException(found.toString());
                }
                return FileVisitResult.CONTINUE;
            }

            /** Ignores a file that has vanished: an orphaned Redis may still run here and delete files meanwhile. */
            @Override
            public FileVisitResult visitFileFailed(Path found, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    /** Explains a failure to operators: the file and the error message of the system. */
    static String explain(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + " is not writable for this user" + owner(Path.of(denied.getFile()));
        }
        if (failure instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is not a folder";
        }
        if (failure instanceof FileSystemException known && known.getReason() != null) {
            return (known.getOtherFile() == null ? known.getFile() : known.getOtherFile()) + ": " + known.getReason();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Names the owner of the file, or of the folder in which it could not be created. */
    private static String owner(Path file) {
        Path found = Files.exists(file) ? file : file.getParent();
        try {
            return "; " + found + " belongs to " + Files.getOwner(found).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
