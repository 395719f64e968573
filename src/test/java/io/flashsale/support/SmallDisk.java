package io.flashsale.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Mounts a small file system that a test can fill; only root can mount one. */
public final class SmallDisk implements AutoCloseable {
    private final Path folder = TestStores.temporaryFolder();
    private final Path ballast = folder.resolve("ballast");

    private SmallDisk() {}

    /** Mounts a file system of that size; without the permission, the calling test is skipped with a message. */
    public static SmallDisk mount(int megabytes) {
        SmallDisk disk = new SmallDisk();
        String refusal =
                disk.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.folder.toString());
        if (refusal != null) {
            TestStores.delete(disk.folder);
            System.out.println("skipped: cannot mount a small file system: " + refusal);
            Assumptions.abort("cannot mount a small file system: " + refusal);
        }
        return disk;
    }

    /** Returns the folder where it is mounted. */
    public Path folder() {
        return folder;
    }

    /** Fills the file system completely. */
    public void fill() throws IOException {
        byte[] block = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.size(ballast) == 0) {
                throw full;
            }
        }
    }

    /** Frees the space again. */
    public void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() {
        // Lazily: a child process that ends a little later must not prevent it.
        run("umount", "-l", folder.toString());
        TestStores.delete(folder);
    }

    /** Returns the output of the command if it failed, or null. */
    private String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? null : output.trim();
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
