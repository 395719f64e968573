package io.flashsale.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds a Redis server of version 7 or newer: on the PATH, else unpacked from the jar. */
final class RedisBinary {
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+\\.\\d+)");
    private static final int OLDEST_MAJOR = 7;
    /** As the jar of {@code org.signal:embedded-redis} names its binaries. */
    private static final String IN_JAR = "/redis-server-7.0.15-";

    private RedisBinary() {}

    /**
     * The path of a binary that can be run.
     *
     * @param folder where one from the jar is unpacked
     */
    static Path find(Path folder) {
        return onPath().orElseGet(() -> unpack(folder));
    }

    private static Optional<Path> onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(java.io.File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, "redis-server"))
                .filter(Files::isExecutable)
                .filter(RedisBinary::isNewEnough)
                .findFirst();
    }

    private static boolean isNewEnough(Path binary) {
        try {
            Process process = new ProcessBuilder(binary.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(5, TimeUnit.SECONDS);
            Matcher version = VERSION.matcher(answer);
            return version.find() && Integer.parseInt(version.group(1)) >= OLDEST_MAJOR;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path unpack(Path folder) {
        String name = IN_JAR + platform();
        Path binary = folder.resolve(name.substring(1));
        if (Files.isExecutable(binary)) {
            return binary;
        }
        try (InputStream resource = RedisBinary.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new EmbeddedStoreException("no Redis comes along for " + platform()
                        + "; install redis-server 7 or newer, or set REDIS_URI and MONGODB_URI");
            }
            // Moved into place as a whole: a start that is killed half-way leaves no half binary behind.
            Path fresh = Files.createTempFile(folder, "redis-server", ".new");
            Files.copy(resource, fresh, StandardCopyOption.REPLACE_EXISTING);
            if (!fresh.toFile().setExecutable(true)) {
                throw new EmbeddedStoreException("cannot make " + fresh + " executable");
            }
            return Files.move(fresh, binary, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new EmbeddedStoreException("cannot unpack Redis to " + binary, e);
        }
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
