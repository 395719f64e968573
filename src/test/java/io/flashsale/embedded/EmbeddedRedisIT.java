package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flashsale.support.Signals;
import io.flashsale.support.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Redis that comes along, as a process: its group, its end, the death of its parent. */
class EmbeddedRedisIT {
    private Path folder;
    private Path data;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = TestStores.temporaryFolder();
        data = Files.createDirectories(folder.resolve("redis"));
    }

    @AfterEach
    void deleteFolder() {
        TestStores.delete(folder);
    }

    /** The tools of a machine that has only these. */
    enum Machine {
        LINUX("setsid setpriv"),
        LINUX_WITHOUT_SETPRIV("setsid"),
        LINUX_WITHOUT_SETSID("bash setpriv"),
        MACOS("bash");

        private final String tools;

        Machine(String tools) {
            this.tools = tools;
        }

        private ProcessLauncher launcher(Path folder) throws IOException {
            Path links = Files.createDirectories(folder.resolve(name()));
            for (String tool : tools.split(" ", -1)) {
                Optional<Path> found = onPath(tool);
                assumeTrue(found.isPresent(), () -> "this machine has no " + tool);
                Path link = links.resolve(tool);
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, found.get());
                }
            }
            return ProcessLauncher.withToolsIn(List.of(links.toString()));
        }

        private static Optional<Path> onPath(String tool) {
            return List.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1)).stream()
                    .map(entry -> Path.of(entry, tool))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    /** The process group of a process, as Linux tells it. */
    private static long groupOf(long pid) throws IOException {
        Path stat = Path.of("/proc", String.valueOf(pid), "stat");
        assumeTrue(Files.exists(stat), "only Linux tells the group of a process in a file");
        String text = Files.readString(stat);
        // The name before the last parenthesis may hold spaces; then come state, parent and group.
        return Long.parseLong(text.substring(text.lastIndexOf(')') + 2).split(" ", 4)[2]);
    }

    private long recordedPid() throws IOException {
        return Files.readAllLines(data.resolve("child.properties")).stream()
                .filter(line -> line.startsWith("pid="))
                .mapToLong(line -> Long.parseLong(line.substring("pid=".length())))
                .findFirst()
                .orElseThrow();
    }

    private RedisProbe probe() throws IOException {
        List<String> record = Files.readAllLines(data.resolve("child.properties"));
        String port = value(record, "port=");
        return new RedisProbe(Integer.parseInt(port), value(record, "password="));
    }

    private static String value(List<String> record, String key) {
        return record.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .orElseThrow()
                .substring(key.length());
    }

    @ParameterizedTest
    @EnumSource
    void theChildHasAProcessGroupOfItsOwnAndItsOwnPidIsRecorded(Machine machine) throws Exception {
        // when
        try (EmbeddedRedis redis = EmbeddedRedis.start(data, machine.launcher(folder))) {

            // then
            long pid = redis.process().pid();
            awaitAnswer();
            assertEquals(pid, probe().pid());
            assertEquals(pid, recordedPid());
            assertEquals(pid, groupOf(pid));
            assertNotEquals(groupOf(ProcessHandle.current().pid()), groupOf(pid));
        }
        assertEquals(
                List.of(),
                ProcessHandle.current().children().filter(this::isOurs).toList());
    }

    /** A machine that is busy may answer later than a probe waits. */
    private void awaitAnswer() throws IOException, InterruptedException {
        for (int i = 0; i < 300; i++) {
            if (probe().answers()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("Redis does not answer");
    }

    /** Whether it works in the folder of this test. */
    private boolean isOurs(ProcessHandle child) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(child.pid()), "cwd"))
                    .startsWith(folder);
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChildThatIsHaltedHasNotEndedAndOneThatIsKilledComesBack(Machine machine) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(data, machine.launcher(folder))) {
            // given
            long first = redis.process().pid();
            Signals.send("STOP", first);
            // What waits for the child is told of its halt within this time, if it is told at all.
            Thread.sleep(300);
            assertEquals(first, redis.process().pid());
            Signals.send("CONT", first);
            awaitAnswer();

            // when
            redis.process().destroyForcibly();
            for (int i = 0; i < 500 && recordedPid() == first; i++) {
                Thread.sleep(20);
            }

            // then
            long second = redis.process().pid();
            assertNotEquals(first, second);
            assertEquals(second, recordedPid());
            // It is in its group before it is Redis.
            awaitAnswer();
            assertEquals(second, groupOf(second));
        }
    }

    /** A child of a shell ignores SIGTERM until it has come to say otherwise. */
    @ParameterizedTest
    @EnumSource(names = {"LINUX_WITHOUT_SETSID", "MACOS"})
    void aChildThatIsToldToEndBeforeItAnswersIsNotKilled(Machine machine) throws Exception {
        // given
        EmbeddedRedis redis = EmbeddedRedis.start(data, machine.launcher(folder));
        long first = redis.process().pid();
        redis.process().destroyForcibly();
        for (int i = 0; i < 5_000 && recordedPid() == first; i++) {
            Thread.sleep(2);
        }

        // when
        redis.close();

        // then
        assertFalse(redis.process().isAlive());
        assertEndedByItself();
    }

    /** It has written what it had: one that is killed does not come to say this. */
    private void assertEndedByItself() throws IOException {
        String log = Files.readString(data.resolve("redis.log"));
        assertTrue(log.contains("is now ready to exit"), log);
    }

    /** What is not written to the file when the server is killed is lost, though it was acknowledged. */
    @Test
    void aRedisThatIsSlowToEndIsNotKilled() throws Exception {
        // given: one that does not answer for longer than the probe waits
        EmbeddedRedis redis = EmbeddedRedis.start(data);
        ProcessHandle child = redis.process();
        Signals.send("STOP", child.pid());

        // when
        CompletableFuture<Void> closed = CompletableFuture.runAsync(redis::close);
        Thread.sleep(1_500);
        Signals.send("CONT", child.pid());
        closed.get(30, TimeUnit.SECONDS);

        // then
        assertFalse(child.isAlive());
        assertEndedByItself();
    }

    @Test
    void anInterruptDoesNotCutItsEndShort() throws Exception {
        // given
        EmbeddedRedis redis = EmbeddedRedis.start(data);
        ProcessHandle child = redis.process();

        // when
        Thread.currentThread().interrupt();
        redis.close();

        // then
        assertTrue(Thread.interrupted());
        assertFalse(child.isAlive());
        assertEndedByItself();
    }

    private Throwable startInterrupted() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                EmbeddedRedis.start(data).close();
                refused.completeExceptionally(new AssertionError("it started"));
            } catch (EmbeddedStoreException e) {
                refused.complete(e);
            }
        });
        starter.start();
        Throwable reason = refused.get(30, TimeUnit.SECONDS);
        starter.join();
        return reason;
    }

    @Test
    void aStartThatIsInterruptedLeavesNoChild() throws Exception {
        // when
        Throwable refused = startInterrupted();

        // then
        assertTrue(refused.getMessage().contains("interrupted"), refused::getMessage);
        assertEquals(
                List.of(),
                ProcessHandle.current().children().filter(this::isOurs).toList());
    }

    @Test
    void aStartThatIsInterruptedDoesNotKillTheRedisOfAnEarlierOne() throws Exception {
        // given: a left-over that does not answer now
        Process leftOver = new ProcessBuilder(
                        RedisBinary.find(data).toString(), "--port", "0", "--unixsocket", "left-over.sock")
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("left-over.log").toFile())
                .start();
        for (int i = 0; i < 1_000 && !Files.exists(data.resolve("left-over.sock")); i++) {
            Thread.sleep(10);
        }
        OrphanProcessReaper.record(data, leftOver.pid(), 1, "password");
        Signals.send("STOP", leftOver.pid());

        // when
        Throwable refused = startInterrupted();

        // then
        assertTrue(refused.getMessage().contains("interrupted"), refused::getMessage);
        assertTrue(leftOver.isAlive());
        Signals.send("CONT", leftOver.pid());
        leftOver.destroy();
        assertEquals(0, leftOver.waitFor());
    }
}
