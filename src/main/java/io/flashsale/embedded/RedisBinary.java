package io.flashsale.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a Redis server of version 7 or newer: on the PATH, or else in the jar, from which it is unpacked.
 *
 * <p>The system property {@code flashsale.redis.server} selects another server, such as {@code valkey-server}. It lets
 * the tests run on Valkey.
 */
final class RedisBinary {
    /** A command on the PATH, or the path of a program. */
    static final String SERVER_PROPERTY = "flashsale.redis.server";

    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+\\.\\d+)");
    private static final int OLDEST_MAJOR = 7;
    private static final int ANSWER_SECONDS = 5;
    private static final int BUSY_TRIES = 20;
    private static final long BUSY_PAUSE_MILLIS = 25;

    /** The prefix of the binaries in the jar of {@code org.signal:embedded-redis}. */
    private static final String JAR_RESOURCE_PREFIX = "/redis-server-7.0.15-";

    private static final String ALTERNATIVE = "install redis-server 7 or newer, or set REDIS_URI and MONGODB_URI";

    private RedisBinary() {}

    /**
     * Finds a binary that runs on this machine.
     *
     * @param folder where a binary from the jar is unpacked; created if it is missing
     * @throws EmbeddedStoreException if there is none; the message says what to do
     */
    static Path find(Path folder) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        String selected = System.getProperty(SERVER_PROPERTY, "");
        return selected.isEmpty() ? find(folder, path) : selected(selected, path);
    }

    /**
     * Finds the server that the system property selects, without falling back to another one.
     *
     * @throws EmbeddedStoreException if the server does not exist or does not run
     */
    static Path selected(String server, String path) {
        Optional<Path> found = server.contains(File.separator)
                ? Optional.of(Path.of(server)).filter(Files::isExecutable).filter(RedisBinary::isNewEnough)
                : onPath(server, path);
        return found.orElseThrow(() -> new EmbeddedStoreException(SERVER_PROPERTY + " = " + server
                + ": must be a program, or a command on the PATH, that is Redis 7 or newer, or Valkey"));
    }

    /**
     * Finds a binary with a PATH other than that of this process.
     *
     * @param path the folders to search, separated as in the environment; if empty, the binary in the jar is used
     */
    static Path find(Path folder, String path) {
        return onPath("redis-server", path).orElseGet(() -> fromJar(folder));
    }

    private static Optional<Path> onPath(String command, String path) {
        return Stream.of(path.split(Pattern.quote(File.pathSeparator), -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, command))
                .filter(Files::isExecutable)
                .filter(RedisBinary::isNewEnough)
                .findFirst();
    }

    private static boolean isNewEnough(Path binary) {
        try {
            Matcher version = VERSION.matcher(readVersion(binary));
            return version.find() && Integer.parseInt(version.group(1)) >= OLDEST_MAJOR;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path fromJar(Path folder) {
        String name = JAR_RESOURCE_PREFIX + platform();
        Path binary = folder.resolve(name.substring(1));
        try {
            byte[] content = readResource(name);
            // Compares the whole content: otherwise a file that a power cut left incomplete would be run.
            if (!Files.isExecutable(binary) || !Arrays.equals(content, Files.readAllBytes(binary))) {
                write(content, binary);
            }
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "cannot unpack Redis to " + binary + " (" + FolderProbe.explain(e)
                            + "); free some space, set DATA_DIR to another folder, or " + ALTERNATIVE,
                    e);
        }
        try {
            readVersion(binary);
            return binary;
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "the bundled Redis does not run (" + e.getMessage()
                            + "); its file system may be mounted noexec:"
                            + " set DATA_DIR to a folder from which programs may run, or " + ALTERNATIVE,
                    e);
        }
    }

    private static byte[] readResource(String name) throws IOException {
        try (InputStream resource = RedisBinary.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new EmbeddedStoreException("no Redis is bundled for " + platform() + "; " + ALTERNATIVE);
            }
            return resource.readAllBytes();
        }
    }

    /**
     * Writes the binary to a temporary file and moves it into place atomically. Neither a process that does the same
     * concurrently, nor one that starts after this one was killed, can then run an incomplete binary.
     */
    private static void write(byte[] content, Path binary) throws IOException {
        Files.createDirectories(binary.getParent());
        Path fresh = Files.createTempFile(binary.getParent(), "redis-server", ".new");
        try {
            Files.write(fresh, content);
            if (!fresh.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + fresh + " executable");
            }
            Files.move(fresh, binary, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Runs the binary to read its version.
     *
     * @throws IOException if the binary does not run, or exits with an error
     * @throws EmbeddedStoreException if the thread is interrupted
     */
    private static String readVersion(Path binary) throws IOException {
        Process process = start(binary);
        try {
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it does not print its version");
            }
            // The output is a line or two and fits into the pipe, so the process can end before it is read.
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException("exit code " + process.exitValue() + ": " + answer.trim());
            }
            return answer;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Starts the binary, and retries while its file is "busy". If another thread of this process forks a child while
     * the file is being written, the child holds the file open until it executes its own program, a few milliseconds
     * later.
     */
    private static Process start(Path binary) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return new ProcessBuilder(binary.toString(), "--version")
                        .redirectErrorStream(true)
                        .start();
            } catch (IOException e) {
                if (tries == BUSY_TRIES || !String.valueOf(e.getMessage()).contains("busy")) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BUSY_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Ends the search: an interrupt says nothing about the binary, so the next one must not be tried. */
    private static EmbeddedStoreException interrupted(InterruptedException reason) {
        Thread.currentThread().interrupt();
        return new EmbeddedStoreException("interrupted while reading the version of Redis", reason);
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String processor = switch (machine) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386" -> "386";
            default -> machine;
        };
        return (system.contains("mac") ? "darwin" : system) + "-" + processor;
    }
}
