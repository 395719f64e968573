package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flashsale.embedded.DataFolder;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fat jar as people stop it: Ctrl-C in the middle of a rush, a signal in the middle of the start. */
class StopIT {
    private static final int BUYERS = 8;
    private static final int STOCK = 100_000;
    private static final Pattern MANAGEMENT_PORT = Pattern.compile("management port opened port=\"(\\d+)\"");

    private Path data;
    private Process process;

    @BeforeEach
    void makeFolder() {
        data = TestStores.temporaryFolder();
    }

    @AfterEach
    void stop() throws Exception {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        TestStores.delete(data);
    }

    /** What a buyer was told under each key; empty where the connection ended before an answer came. */
    private record Told(Client buyer, Map<String, Optional<Answer>> answers) {
        private boolean isAcknowledged(String key) {
            return answers.get(key).map(Told::acknowledges).orElse(false);
        }

        private static boolean acknowledges(Answer answer) {
            return answer.status() == 201 || answer.status() == 202;
        }
    }

    /** 1ms is over before MongoDB has answered anything, so that buyers are told 202. */
    @ParameterizedTest
    @ValueSource(strings = {"2s", "1ms"})
    void ctrlCInTheMiddleOfARushLosesNothingThatWasAnswered(String confirmTimeout) throws Exception {
        // given: a server in a process group of its own, as a shell starts it in a terminal
        ProcessBuilder builder = JarProcess.server(data);
        builder.command().add(0, setsid());
        builder.environment().put("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", confirmTimeout);
        JarProcess server = JarProcess.start(builder);
        process = server.process();
        ProcessHandle redis = server.redis();
        String product = product(server);
        List<Told> rush = IntStream.range(0, BUYERS)
                .mapToObj(i ->
                        new Told(Client.signedIn(server.port(), server.managementPort()), new ConcurrentHashMap<>()))
                .toList();
        List<CompletableFuture<Void>> buying = rush.stream()
                .map(told -> CompletableFuture.runAsync(() -> buyUntilTheServerIsGone(told, product)))
                .toList();
        await(
                "there is a rush",
                () -> rush.stream().allMatch(told -> told.answers().size() > 10));

        // when
        signalGroup(process);

        // then
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        buying.forEach(CompletableFuture::join);
        assertEquals(0, process.exitValue(), server.said());
        assertFalse(server.said().contains("Redis ended"), server.said());
        assertFalse(server.said().contains("Not everything was stopped cleanly"), server.said());
        assertEquals(1, launchesOfRedis());
        String sinceTheSignal = server.said().substring(server.said().indexOf("draining"));
        assertFalse(sinceTheSignal.contains("connected to Redis"), sinceTheSignal);
        assertEquals(Optional.empty(), redis.info().command());
        int usual = confirmTimeout.equals("1ms") ? 202 : 201;
        assertTrue(
                rush.stream()
                        .flatMap(told -> told.answers().values().stream())
                        .flatMap(Optional::stream)
                        .anyMatch(answer -> answer.status() == usual),
                () -> "somebody was told " + usual);
        assertEquals(List.of(), unexpectedAnswers(rush));

        // and when: everything is asked for again, with the keys of then
        JarProcess again = JarProcess.start(data);
        process = again.process();
        for (Told told : rush) {
            assertEverythingIsThere(told, again, product);
        }

        // then: each key has one order, also where no answer came
        int keys = rush.stream().mapToInt(told -> told.answers().size()).sum();
        JsonObject now = again.client().get("/api/v1/product/" + product).json();
        assertEquals(STOCK - keys, now.getInteger("remaining"));
    }

    private static String product(JarProcess server) {
        Client admin = server.client();
        admin.signIn(server.email(), server.password());
        return TestNode.product(admin, STOCK, 0);
    }

    private static void buyUntilTheServerIsGone(Told told, String product) {
        for (int i = 0; ; i++) {
            String key = "key-" + i;
            told.answers().put(key, Optional.empty());
            try {
                told.answers().put(key, Optional.of(told.buyer().buy(product, key)));
            } catch (UncheckedIOException e) {
                return;
            }
        }
    }

    /** A server that ends may refuse, but it has to say so as the contract does. */
    private static List<Answer> unexpectedAnswers(List<Told> rush) {
        return rush.stream()
                .flatMap(told -> told.answers().values().stream())
                .flatMap(Optional::stream)
                .filter(answer -> !Told.acknowledges(answer) && answer.status() != 503)
                .toList();
    }

    private static void assertEverythingIsThere(Told told, JarProcess server, String product) throws Exception {
        Client buyer = server.on(told.buyer());
        for (Map.Entry<String, Optional<Answer>> entry : told.answers().entrySet()) {
            Answer retry = buyer.buyWithRetries(product, entry.getKey());
            for (int i = 0; i < 100 && retry.status() == 202; i++) {
                Thread.sleep(50);
                retry = buyer.buyWithRetries(product, entry.getKey());
            }
            assertEquals(201, retry.status(), retry.body());
            if (told.isAcknowledged(entry.getKey())) {
                Answer then = entry.getValue().orElseThrow();
                assertEquals(then.json().getString("orderId"), retry.json().getString("orderId"), then.body());
                assertEquals(then.json().getJsonArray("units"), retry.json().getJsonArray("units"), then.body());
            }
        }
    }

    private long launchesOfRedis() throws IOException {
        try (Stream<String> lines =
                Files.lines(data.resolve("redis").resolve("redis.log"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains("Ready to accept connections"))
                    .count();
        }
    }

    /** A moment of the start, told by what can be seen from outside. */
    enum Moment {
        THE_FOLDER_IS_TAKEN("pid"),
        REDIS_IS_LAUNCHED("redis/child.properties"),
        THE_STORES_RUN("stores.properties");

        private final String file;

        Moment(String file) {
            this.file = file;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSignalInTheMiddleOfTheStartEndsItAndLeavesNothingBehind(Moment moment) throws Exception {
        // given
        Path output = data.resolve("output");
        process = JarProcess.server(data)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await(moment.name(), () -> Files.exists(data.resolve(moment.file)) || !process.isAlive());

        // when
        process.destroy();

        // then
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        assertFalse(said.contains("\tat ") || said.contains("cannot start"), said);
        assertEquals(List.of(), processesIn(data));
        DataFolder.open(data).close();
    }

    @Test
    void aSignalWhileItWaitsForMongoDbEndsIt() throws Exception {
        // given
        Path output = data.resolve("output");
        ProcessBuilder builder = JarProcess.server(data);
        builder.environment()
                .putAll(Map.of(
                        "REDIS_URI",
                        TestStores.shared().redisUri(),
                        "MONGODB_URI",
                        "mongodb://127.0.0.1:1",
                        "FLASHSALE_MONGODB_COMMAND_TIMEOUT",
                        "100ms"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await("it waits", () -> contains(output, "waiting for a store store=\"MongoDB\"") || !process.isAlive());
        Matcher port = MANAGEMENT_PORT.matcher(Files.readString(output));
        assertTrue(port.find(), "it says where readiness is asked for");
        int managementPort = Integer.parseInt(port.group(1));
        assertEquals(
                503,
                new Client(managementPort, managementPort).get("/health/ready").status());

        // when
        process.destroy();

        // then
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        assertFalse(said.contains("\tat ") || said.contains("cannot start"), said);
    }

    /** However long its time limit is: nobody else needs what it has begun. */
    @Test
    void aSignalEndsAConsistencyCheckAtOnce() throws Exception {
        // given: a MongoDB that takes every command and answers none
        Path output = data.resolve("output");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ProcessBuilder builder = JarProcess.command("audit");
            builder.environment()
                    .putAll(Map.of(
                            "REDIS_URI",
                            TestStores.shared().redisUri(),
                            "MONGODB_URI",
                            "mongodb://127.0.0.1:" + silent.getLocalPort(),
                            "FLASHSALE_MONGODB_COMMAND_TIMEOUT",
                            "1h"));
            process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            silent.setSoTimeout(60_000);
            silent.accept();

            // when
            process.destroy();

            // then
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        }
        assertEquals(128 + 15, process.exitValue());
        assertEquals("", Files.readString(output));
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that work in this folder, as Linux tells it. */
    private static List<ProcessHandle> processesIn(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(running -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc", String.valueOf(running.pid()), "cwd"))
                                .startsWith(folder);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 12_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertTrue(condition.getAsBoolean(), what);
    }

    private static String setsid() {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "setsid"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "no setsid to give the server a process group of its own");
        return found.get().toString();
    }

    /** Ctrl-C. What is started in the background of a shell ignores it; then SIGTERM, which is the same to all of them. */
    private static void signalGroup(Process leader) throws Exception {
        String signal = ignoresInterrupts(leader) ? "TERM" : "INT";
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -" + signal + " -" + leader.pid()));
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }

    private static boolean ignoresInterrupts(Process process) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .substring("SigIgn:".length())
                .trim();
        // The second signal is the second bit.
        return (Long.parseUnsignedLong(ignored, 16) & 2) != 0;
    }
}
