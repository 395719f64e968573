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

/** Whether containers can be had. */
final class Docker {
    private Docker() {}

    /**
     * Asks Testcontainers. Its complaint that it finds no Docker is heard only on a machine where something speaks of one:
     * elsewhere it is no news, and looks like a fault.
     */
    static boolean answers() {
        if (!isSpokenOf(System.getenv(), Path.of(System.getProperty("user.home")), Path.of("/"))) {
            // As level of this one logger: everything else of Testcontainers is heard as before.
            ((Logger) LoggerFactory.getLogger("org.testcontainers.dockerclient.DockerClientProviderStrategy"))
                    .setLevel(Level.OFF);
        }
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Whether there is anything of which Testcontainers makes a Docker client: a variable, a file, a socket, a program. */
    static boolean isSpokenOf(Map<String, String> environment, Path home, Path root) {
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

    /** The socket of a Docker without root is in its user's runtime folder, whose number Java does not know. */
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
