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
 * Finds a Redis server of version 7 or newer: on the PATH, else unpacked from the jar.
 *
 * <p>The system property {@code flashsale.redis.server} names another one, such as {@code valkey-server}. The tests run on
 * Valkey by it.
 */
final class RedisBinary {
    /** A command on the PATH, or the path of a program. */
    static final String SERVER_PROPERTY = "flashsale.redis.server";

    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+\\.\\d+)");
    private static final int OLDEST_MAJOR = 7;
    private static final int ANSWER_SECONDS = 5;
    private static final int BUSY_TRIES = 20;
    private static final long BUSY_PAUSE_MILLIS = 25;

    /** As the jar of {@code org.signal:embedded-redis} names its binaries. */
    private static final String IN_JAR = "/redis-server-7.0.15-";

    private static final String INSTEAD = "install redis-server 7 or newer, or set REDIS_URI and MONGODB_URI";

    private RedisBinary() {}

    /**
     * Finds a binary that runs on this machine.
     *
     * @param folder where one from the jar is unpacked; created where it is missing
     * @throws EmbeddedStoreException that says what to do, where there is none
     */
    static Path find(Path folder) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        String chosen = System.getProperty(SERVER_PROPERTY, "");
        return chosen.isEmpty() ? find(folder, path) : chosen(chosen, path);
    }

    /**
     * Finds the server that somebody chose; no other takes its place.
     *
     * @throws EmbeddedStoreException where it is not there, or does not run
     */
    static Path chosen(String server, String path) {
        Optional<Path> found = server.contains(File.separator)
                ? Optional.of(Path.of(server)).filter(Files::isExecutable).filter(RedisBinary::isNewEnough)
                : onPath(server, path);
        return found.orElseThrow(() -> new EmbeddedStoreException(SERVER_PROPERTY + " = " + server
                + ": must be a program, or a command on the PATH, that is Redis 7 or newer, or Valkey"));
    }

    /**
     * The same with another PATH than that of this process.
     *
     * @param path the folders to search, separated as in the environment; with an empty one the jar's binary is used
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
            Matcher version = VERSION.matcher(sayVersion(binary));
            return version.find() && Integer.parseInt(version.group(1)) >= OLDEST_MAJOR;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path fromJar(Path folder) {
        String name = IN_JAR + platform();
        Path binary = folder.resolve(name.substring(1));
        try {
            byte[] content = inJar(name);
            // Compared as a whole: what a power cut left of an earlier file would be run otherwise.
            if (!Files.isExecutable(binary) || !Arrays.equals(content, Files.readAllBytes(binary))) {
                write(content, binary);
            }
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "cannot unpack Redis to " + binary + " (" + FolderProbe.explain(e)
                            + "); make room, let DATA_DIR name another folder, or " + INSTEAD,
                    e);
        }
        try {
            sayVersion(binary);
            return binary;
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "the Redis from the jar does not run (" + e.getMessage()
                            + "); perhaps its file system is mounted noexec:"
                            + " let DATA_DIR name a folder from which programs may run, or " + INSTEAD,
                    e);
        }
    }

    private static byte[] inJar(String name) throws IOException {
        try (InputStream resource = RedisBinary.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new EmbeddedStoreException("no Redis comes along for " + platform() + "; " + INSTEAD);
            }
            return resource.readAllBytes();
        }
    }

    /**
     * Moved into place as a whole, so that neither a process that does the same at this moment nor one that starts after
     * this one was killed runs half a binary.
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
     * Runs the binary to learn its version.
     *
     * @throws IOException where it does not run, or does not end well
     * @throws EmbeddedStoreException where the thread is interrupted
     */
    private static String sayVersion(Path binary) throws IOException {
        Process process = start(binary);
        try {
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it does not tell its version");
            }
            // A line or two: they fit into the pipe, so that it can end before anybody reads them.
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
     * A file that was just written is "busy" for as long as a child holds it open that another thread of this process
     * started meanwhile: until that child runs its own program, a few milliseconds.
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

    /** Says nothing about the binary, so that no other is looked for. */
    private static EmbeddedStoreException interrupted(InterruptedException reason) {
        Thread.currentThread().interrupt();
        return new EmbeddedStoreException("interrupted while Redis was asked for its version", reason);
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
