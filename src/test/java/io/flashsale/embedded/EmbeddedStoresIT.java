package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Polling;
import io.flashsale.support.ProvokesErrors;
import io.flashsale.support.Signals;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded stores, killed in the middle of their work. */
class EmbeddedStoresIT {
    private Path folder;

    @BeforeEach
    void makeFolder() {
        folder = TestStores.temporaryFolder();
    }

    @AfterEach
    void deleteFolder() {
        TestStores.delete(folder);
    }

    /** A process that writes to its embedded stores until it is killed, and tells each write once it is acknowledged. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            EmbeddedStores stores = EmbeddedStores.start(Path.of(arguments[0]));
            System.out.println("redis "
                    + ProcessHandle.current()
                            .descendants()
                            .findFirst()
                            .orElseThrow()
                            .pid());
            Vertx vertx = Vertx.vertx();
            MongoClient mongo = client(vertx, stores.mongoUri());
            for (int i = 0; ; i++) {
                String id = arguments[1] + "-" + i;
                mongo.insert("written", new JsonObject().put("_id", id))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get();
                System.out.println(id);
            }
        }
    }

    private static MongoClient client(Vertx vertx, String uri) {
        return MongoClient.create(
                vertx, new JsonObject().put("connection_string", uri).put("db_name", "test"));
    }

    private Process startWriter(String name) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(TestRedisBinary.jvmArguments());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Writer.class.getName(), folder.toString(), name));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void noAcknowledgedWriteIsLostWhenTheProcessIsKilled() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (String round : List.of("a", "b", "c")) {
            // when
            Process writer = startWriter(round);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                lines.readLine();
                for (int i = 0; i < 200; i++) {
                    acknowledged.add(lines.readLine());
                }
                // By another process: the handle of this one would close what was written but not read yet.
                Signals.send("KILL", writer.pid());
                lines.lines().filter(line -> line.startsWith(round + "-")).forEach(acknowledged::add);
            }
            writer.waitFor();
        }

        // then
        try (EmbeddedStores stores = EmbeddedStores.start(folder)) {
            Vertx vertx = Vertx.vertx();
            Set<String> found = new HashSet<>();
            TestNode.await(client(vertx, stores.mongoUri()).find("written", new JsonObject()))
                    .forEach(document -> found.add(document.getString("_id")));
            // A line that was cut by the kill was acknowledged too, but its name cannot be read.
            acknowledged.removeIf(id -> id == null || !id.matches("[abc]-\\d+"));
            assertTrue(acknowledged.size() >= 600, "written " + acknowledged.size());
            acknowledged.subList(0, acknowledged.size() - 1).forEach(id -> assertTrue(found.contains(id), id));
            TestNode.await(vertx.close());
        }
    }

    @Test
    void theRedisOfADeadProcessIsEndedBeforeItsDataIsOpened() throws Exception {
        // given
        Process writer = startWriter("x");
        long pid;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            pid = Long.parseLong(lines.readLine().split(" ", 2)[1]);
            writer.destroyForcibly().waitFor();
        }

        // when
        try (EmbeddedStores stores = EmbeddedStores.start(folder)) {

            // then
            assertFalse(ProcessHandle.of(pid)
                    .flatMap(process -> process.info().command())
                    .isPresent());
            assertTrue(stores.redisUri().startsWith("redis://"));
        }
    }

    @Test
    void aStrangerThatHasTheNumberNowIsLeftAlone() throws Exception {
        // given
        Process stranger = new ProcessBuilder("sleep", "60").start();
        Path redis = Files.createDirectories(folder.resolve("redis"));
        OrphanProcessReaper.record(redis, stranger.pid(), 1, "password");

        // when
        EmbeddedStores.start(folder).close();

        // then
        assertTrue(stranger.isAlive());
        stranger.destroy();
    }

    @ProvokesErrors(EmbeddedRedis.class)
    @ParameterizedTest
    @ValueSource(strings = {".aof", ".rdb", ".manifest"})
    void dataThatCannotBeReadIsMovedAside(String ending) throws Exception {
        // given
        EmbeddedRedis.start(folder).close();
        try (Stream<Path> files = Files.walk(folder.resolve("appendonlydir"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(ending)).toList()) {
                Files.writeString(
                        file, "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*9\r\nnonsense in the middle\r\n*1\r\n$4\r\nPING\r\n");
            }
        }

        // when
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder)) {

            // then
            assertTrue(redis.process().isAlive());
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(
                        1,
                        files.filter(name -> name.getFileName().toString().startsWith("broken-"))
                                .count());
            }
        }
    }

    @Test
    void aChildThatIsKilledComesBackAndOneThatIsClosedDoesNot() throws Exception {
        // given
        EmbeddedRedis redis = EmbeddedRedis.start(folder);
        String uri = redis.uri();
        ProcessHandle first = redis.process();

        // when
        first.destroyForcibly();
        first.onExit().get(10, TimeUnit.SECONDS);
        Polling.await(
                Duration.ofSeconds(4),
                Duration.ofMillis(20),
                () -> redis.process().pid() != first.pid());

        // then
        ProcessHandle second = redis.process();
        assertTrue(second.isAlive());
        assertEquals(uri, redis.uri());
        redis.close();
        second.onExit().get(10, TimeUnit.SECONDS);
        assertFalse(redis.process().isAlive());
    }

    @Test
    void aFolderIsHeldByOne() {
        try (DataFolder held = DataFolder.open(folder)) {
            EmbeddedStoreException refused =
                    assertThrows(EmbeddedStoreException.class, () -> DataFolder.open(held.path()));
            assertTrue(refused.getMessage().contains("DATA_DIR"), refused.getMessage());
        }
        DataFolder.open(folder).close();
    }
}
