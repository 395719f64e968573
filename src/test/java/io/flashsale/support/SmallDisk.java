package io.flashsale.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own that a test can fill; only root can mount one. */
public final class SmallDisk implements AutoCloseable {
    private final Path folder = TestStores.temporaryFolder();
    private final Path ballast = folder.resolve("ballast");

    private SmallDisk() {}

    /** Mounts one of so many megabytes; where that is not allowed, the test that asks is skipped and says so. */
    public static SmallDisk mount(int megabytes) {
        SmallDisk disk = new SmallDisk();
        String refusal =
                disk.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.folder.toString());
        if (refusal != null) {
            TestStores.delete(disk.folder);
            System.out.println("Skipped, since no small file system can be mounted here: " + refusal);
            Assumptions.abort("no small file system can be mounted here: " + refusal);
        }
        return disk;
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** Leaves no room for a byte more. */
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

    /** Gives the room back. */
    public void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() {
        // Lazily: a child that ends a moment later must not keep it.
        run("umount", "-l", folder.toString());
        TestStores.delete(folder);
    }

    /** What the command said when it failed, or null. */
    private String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? null : said.trim();
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
