package io.flashsale.support;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies when a missing Docker is reported. */
class DockerTest {
    @TempDir
    private Path root;

    private boolean isConfigured(Map<String, String> environment) {
        return Docker.isConfigured(environment, root.resolve("home"), root);
    }

    @Test
    void anEmptyMachineIsNotConfigured() throws IOException {
        Files.createDirectories(root.resolve("run/user/1000"));
        Files.createDirectories(root.resolve("home/.docker"));
        assertFalse(isConfigured(Map.of(
                "PATH",
                root.resolve("bin") + "::",
                "XDG_RUNTIME_DIR",
                root.resolve("run/user/1000").toString())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "var/run/docker.sock",
                "run/user/1000/docker.sock",
                "home/.docker/run/docker.sock",
                "home/.docker/desktop/docker.sock",
                "home/.testcontainers.properties",
                "elsewhere/docker.sock"
            })
    void aSocketOrFileConfiguresDocker(String file) throws IOException {
        // given
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.createFile(path);

        // then
        assertTrue(
                isConfigured(Map.of("XDG_RUNTIME_DIR", root.resolve("elsewhere").toString())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOCKER_HOST", "TESTCONTAINERS_DOCKER_CLIENT_STRATEGY"})
    void aVariableConfiguresDocker(String name) {
        assertTrue(isConfigured(Map.of(name, "tcp://127.0.0.1:1")));
    }

    @Test
    void aDockerMachineConfiguresDocker() throws IOException {
        // given
        Path program = root.resolve("docker-machine");
        Files.createFile(program);
        assertTrue(program.toFile().setExecutable(true));

        // then
        assertTrue(isConfigured(Map.of("PATH", root.toString())));
    }
}
