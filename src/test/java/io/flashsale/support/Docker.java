package io.flashsale.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/** Detects whether containers are available. */
final class Docker {
    private Docker() {}

    /**
     * Asks Testcontainers. Its error about a missing Docker is logged only if the machine is configured for Docker;
     * elsewhere it would look like a failure.
     */
    static boolean isAvailable() {
        if (!isConfigured(System.getenv(), Path.of(System.getProperty("user.home")), Path.of("/"))) {
            // Only this logger is silenced; all others of Testcontainers stay as they are.
            ((Logger) LoggerFactory.getLogger("org.testcontainers.dockerclient.DockerClientProviderStrategy"))
                    .setLevel(Level.OFF);
        }
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Whether a variable, file, socket or program exists from which Testcontainers would create a Docker client. */
    static boolean isConfigured(Map<String, String> environment, Path home, Path root) {
        if (File.separatorChar == '\\') {
            return true;
        }
        boolean byVariable = environment.keySet().stream()
                .anyMatch(name -> name.startsWith("DOCKER_") || name.startsWith("TESTCONTAINERS_"));
        Stream<Path> files = Stream.of(
                home.resolve(".testcontainers.properties"),
                home.resolve(".docker-java.properties"),
                home.resolve(".docker/run/docker.sock"),
                home.resolve(".docker/desktop/docker.sock"),
                root.resolve("var/run/docker.sock"));
        return byVariable
                || files.anyMatch(Files::exists)
                || isRootless(environment, root)
                || isOnPath(environment, "docker-machine");
    }

    /** Whether a rootless Docker socket exists in a user's runtime folder, whose number Java cannot read. */
    private static boolean isRootless(Map<String, String> environment, Path root) {
        Path users = root.resolve("run/user");
        String own = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!own.isEmpty() && Files.exists(Path.of(own, "docker.sock"))) {
            return true;
        }
        String[] numbers = users.toFile().list();
        return numbers != null
                && Stream.of(numbers)
                        .anyMatch(number -> Files.exists(users.resolve(number).resolve("docker.sock")));
    }

    private static boolean isOnPath(Map<String, String> environment, String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> !folder.isEmpty() && Files.isExecutable(Path.of(folder, program)));
    }
}
