package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Redis that comes in the jar, whatever is on the PATH of this machine, and the choice between the two. */
class RedisBinaryIT {
    private static final String NOTHING_ON_THE_PATH = "";

    private Path folder;

    @BeforeEach
    void makeFolder() {
        folder = TestStores.temporaryFolder();
    }

    @AfterEach
    void deleteFolder() {
        TestStores.delete(folder);
    }

    private static Path fromJar(Path folder) {
        return RedisBinary.find(folder, NOTHING_ON_THE_PATH);
    }

    /** A process that runs the embedded Redis until its input ends, and tells which binary runs and where it listens. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] arguments) throws IOException {
            try (EmbeddedRedis redis = EmbeddedRedis.start(Path.of(arguments[0]))) {
                System.out.println(redis.binary());
                System.out.println(redis.uri());
                while (System.in.read() >= 0) {
                    // Only the end counts.
                }
            }
        }
    }

    @Test
    void withoutARedisOnThePathTheOneFromTheJarRunsInAFolderThatIsYetToBe() throws Exception {
        // given
        Path data = folder.resolve("not").resolve("there yet");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PATH", folder.resolve("nothing").toString());

        // when
        Process starter = builder.start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(starter.getInputStream(), StandardCharsets.UTF_8))) {
            String binary = String.valueOf(lines.readLine());
            String uri = String.valueOf(lines.readLine());

            // then
            assertTrue(binary.startsWith(data.toString()), binary);
            String server = info(uri);
            assertTrue(server.contains("redis_version:7.0.15"), server);
        }
        starter.getOutputStream().close();
        assertTrue(starter.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, starter.exitValue());
    }

    private static String info(String uri) {
        Vertx vertx = Vertx.vertx();
        Redis client = Redis.createClient(vertx, uri);
        try {
            return TestNode.await(client.send(Request.cmd(Command.INFO).arg("server")))
                    .toString();
        } finally {
            client.close();
            TestNode.await(vertx.close());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u007fELF and no more", "#!/bin/sh\nexit 1\n"})
    void whatIsNotTheBinaryIsUnpackedAnew(String left) throws IOException {
        // given
        byte[] whole = Files.readAllBytes(fromJar(folder));
        Path binary = fromJar(folder);
        Files.writeString(binary, left);

        // when
        fromJar(folder);

        // then
        assertArrayEquals(whole, Files.readAllBytes(binary));
        assertTrue(Files.isExecutable(binary));
    }

    @Test
    void aWholeOneIsNotWrittenAgain() throws IOException {
        // given
        Object file = Files.readAttributes(fromJar(folder), "unix:ino").get("ino");

        // when
        Path again = fromJar(folder);

        // then
        assertEquals(file, Files.readAttributes(again, "unix:ino").get("ino"));
    }

    @Test
    void manyThatUnpackAtOnceEachGetOneThatRuns() throws Exception {
        // given
        ExecutorService threads = Executors.newFixedThreadPool(8);
        Callable<Path> unpack = () -> fromJar(folder);

        // when
        List<Future<Path>> found =
                threads.invokeAll(Stream.generate(() -> unpack).limit(16).toList());

        // then: find() itself runs what it answers
        for (Future<Path> one : found) {
            assertTrue(Files.isExecutable(one.get()));
        }
        threads.shutdown();
        assertEquals(Set.of(found.get(0).get().getFileName().toString()), filesIn(folder));
    }

    /** A child that another thread starts holds what is being written open, for a moment: "Text file busy". */
    @Test
    void whatWasJustWrittenRunsThoughOtherThreadsStartProcesses() throws Exception {
        // given
        AtomicBoolean done = new AtomicBoolean();
        Callable<Void> startProcesses = () -> {
            while (!done.get()) {
                new ProcessBuilder("sleep", "0").start().waitFor();
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Void>> starting = Stream.generate(() -> startProcesses)
                .limit(4)
                .map(threads::submit)
                .toList();

        // then
        try {
            for (int i = 0; i < 40; i++) {
                Path fresh = folder.resolve(String.valueOf(i));
                assertTrue(fromJar(fresh).startsWith(fresh));
            }
        } finally {
            done.set(true);
            threads.shutdown();
        }
        for (Future<Void> one : starting) {
            one.get();
        }
    }

    private static Set<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedAndNothingIsLeft() throws IOException {
        // given
        Path file = Files.writeString(folder.resolve("a file"), "");

        // when
        EmbeddedStoreException refused =
                assertThrows(EmbeddedStoreException.class, () -> fromJar(file.resolve("redis")));

        // then
        assertTrue(refused.getMessage().contains(file.resolve("redis").toString()), refused.getMessage());
    }

    @Test
    void oneOnThePathIsPreferredWhereItIsNewEnoughAndRuns() throws IOException {
        // given
        Path jar = fromJar(folder);
        Path old = program("old", "echo 'Redis server v=6.2.14 sha=00000000:0'");
        Path broken = program("broken", "echo 'Redis server v=7.2.0 sha=00000000:0'; exit 1");
        Path good = program("good", "echo 'Redis server v=7.4.1 sha=00000000:0'");

        // then
        assertEquals(jar, RedisBinary.find(folder, folder.resolve("nothing").toString()));
        assertEquals(jar, RedisBinary.find(folder, old + ":" + broken));
        assertEquals(good.resolve("redis-server"), RedisBinary.find(folder, old + "::" + broken + ":" + good));
    }

    @Test
    void theOneThatIsNamedIsUsedAndNoOtherInItsPlace() throws IOException {
        // given
        Path redis = program("redis", "echo 'Redis server v=7.4.1 sha=00000000:0'");
        Path valkey = Files.writeString(
                redis.resolve("valkey-server"), "#!/bin/sh\necho 'Valkey server v=8.0.1 sha=00000000:0'\n");
        assertTrue(valkey.toFile().setExecutable(true));

        // then
        assertEquals(valkey, RedisBinary.selected("valkey-server", redis.toString()));
        assertEquals(valkey, RedisBinary.selected(valkey.toString(), NOTHING_ON_THE_PATH));
        for (String absent :
                List.of("keydb-server", folder.resolve("keydb-server").toString())) {
            EmbeddedStoreException refused =
                    assertThrows(EmbeddedStoreException.class, () -> RedisBinary.selected(absent, redis.toString()));
            assertTrue(refused.getMessage().startsWith("flashsale.redis.server = " + absent), refused.getMessage());
        }
    }

    /** A folder with a redis-server that does no more than this. */
    private Path program(String name, String script) throws IOException {
        Path in = Files.createDirectories(folder.resolve(name));
        Path program = Files.writeString(in.resolve("redis-server"), "#!/bin/sh\n" + script + "\n");
        assertTrue(program.toFile().setExecutable(true));
        return in;
    }
}
