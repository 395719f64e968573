package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.support.TestStores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The jar as operators start it by mistake: its exit code, and what it says. All are started at once. */
class WrongStartsIT {
    private static final int WRONG_CONFIGURATION = 2;
    private static final int CANNOT_RUN = 1;
    private static final String DAMAGED = "a program that is damaged";

    private static final Map<String, Start> STARTS = new LinkedHashMap<>();
    private static Path folder;
    private static ServerSocket taken;

    /** A start that has to end by itself. */
    private record Start(Map<String, String> environment, int exitCode, String says, Process process, Path out) {
        String said() throws IOException {
            return Files.readString(out);
        }

        Path data() {
            return Path.of(environment.get("DATA_DIR"));
        }
    }

    @BeforeAll
    static void startAll() throws IOException {
        folder = TestStores.temporaryFolder();
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Path file = Files.writeString(folder.resolve("file"), "mine");
        start(
                "a Redis port that is none",
                WRONG_CONFIGURATION,
                "redis.uri = redis://u:***@127.0.0.1:notaport: must be",
                "REDIS_URI",
                "redis://u:hunter2@127.0.0.1:notaport",
                "MONGODB_URI",
                "mongodb://127.0.0.1:1");
        start(
                "a MongoDB port that is none",
                WRONG_CONFIGURATION,
                "mongodb.uri = mongodb://127.0.0.1:notaport/: must be",
                "REDIS_URI",
                "redis://127.0.0.1:1",
                "MONGODB_URI",
                "mongodb://127.0.0.1:notaport/");
        start(
                "one port for two servers",
                WRONG_CONFIGURATION,
                "management.port = 4011: must be another port",
                "PORT",
                "4011",
                "MANAGEMENT_PORT",
                "4011");
        start(
                "an admin who cannot be",
                WRONG_CONFIGURATION,
                "admin.email = nobody: must be an e-mail address such as admin@example.com\n"
                        + "  admin.password = ***: must have 10 to 72 characters",
                "ADMIN_EMAIL",
                "nobody",
                "ADMIN_PASSWORD",
                "short");
        start("a port that is taken", CANNOT_RUN, "(server.port, PORT)", "PORT", String.valueOf(taken.getLocalPort()));
        start("a data folder that is a file", CANNOT_RUN, "is not a folder", "DATA_DIR", file.toString());
        start(
                DAMAGED,
                CANNOT_RUN,
                "Flash Sale cannot start: java.lang.ClassFormatError: ",
                "SMTP_URI",
                "smtp://127.0.0.1:1?starttls=disabled",
                "JDK_JAVA_OPTIONS",
                "-Xbootclasspath/a:" + damagedMailClient());
    }

    /** A class that is found before the jar's: it is needed when the stores run, and cannot be loaded. */
    private static Path damagedMailClient() throws IOException {
        Path classes = folder.resolve("damaged");
        Path client = classes.resolve("io/vertx/ext/mail/MailClient.class");
        Files.createDirectories(client.getParent());
        Files.createFile(client);
        return classes;
    }

    private static void start(String name, int exitCode, String says, String... environment) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            settings.put(environment[i], environment[i + 1]);
        }
        Path out = folder.resolve(STARTS.size() + ".out");
        ProcessBuilder builder = JarProcess.command();
        builder.command().add(1, "-XX:TieredStopAtLevel=1");
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "PORT", "0",
                "MANAGEMENT_PORT", "0",
                "HOST", "127.0.0.1",
                "DATA_DIR", folder.resolve("data-" + STARTS.size()).toString()));
        all.putAll(settings);
        builder.environment().putAll(all);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        STARTS.put(name, new Start(all, exitCode, says, process, out));
    }

    @AfterAll
    static void end() throws IOException {
        STARTS.values().forEach(start -> start.process().destroyForcibly());
        taken.close();
        TestStores.delete(folder);
    }

    @TestFactory
    Stream<DynamicTest> endsByItselfAndSaysWhy() {
        return STARTS.entrySet().stream()
                .map(named -> DynamicTest.dynamicTest(named.getKey(), () -> endsAndSaysWhy(named.getValue())));
    }

    private static void endsAndSaysWhy(Start start) throws Exception {
        assertTrue(start.process().waitFor(120, TimeUnit.SECONDS), start::toString);
        String said = start.said();
        assertEquals(start.exitCode(), start.process().exitValue(), said);
        assertTrue(said.contains(start.says()), said);
        assertFalse(said.contains("hunter2") || said.contains("\tat "), said);
        if (start.exitCode() == WRONG_CONFIGURATION) {
            assertTrue(said.startsWith("The configuration is invalid:\n"), said);
            assertFalse(Files.exists(start.data()), "no store was started");
        } else {
            List<String> lines = said.lines()
                    .filter(line -> line.startsWith("Flash Sale cannot start: "))
                    .toList();
            assertEquals(1, lines.size(), said);
            assertFalse(said.contains("connection to Redis lost"), said);
            assertNoChildIsLeft(start);
        }
    }

    /** An error, which is no exception: what runs by then is closed all the same. */
    @Test
    void anErrorInTheStartEndsTheStoresAsASignalDoes() throws Exception {
        Start start = STARTS.get(DAMAGED);
        assertTrue(start.process().waitFor(120, TimeUnit.SECONDS), start::toString);
        Path log = start.data().resolve("redis").resolve("redis.log");
        assertTrue(Files.readString(log).contains("is now ready to exit"), () -> "Redis was killed: " + start);
    }

    private static void assertNoChildIsLeft(Start start) throws IOException {
        Path record = start.data().resolve("redis").resolve("child.properties");
        if (!Files.exists(record)) {
            return;
        }
        Properties child = new Properties();
        try (var lines = Files.newBufferedReader(record)) {
            child.load(lines);
        }
        long pid = Long.parseLong(child.getProperty("pid"));
        List<String> left = new ArrayList<>();
        ProcessHandle.of(pid).flatMap(process -> process.info().commandLine()).ifPresent(left::add);
        assertTrue(left.stream().noneMatch(line -> line.contains(start.data().toString())), left::toString);
    }
}
