package io.flashsale.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders that take no data. Root may write everywhere, so what is not to be written is a mount of its own here; where
 * nothing can be mounted those tests are skipped.
 */
class DataFolderIT {
    @TempDir
    Path temporary;

    private final Deque<Path> mounts = new ArrayDeque<>();

    @AfterEach
    void unmount() throws Exception {
        while (!mounts.isEmpty()) {
            run("umount", mounts.pop().toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    private void mount(Path at, String... options) throws Exception {
        Files.createDirectories(at);
        List<String> command = new java.util.ArrayList<>(List.of("mount"));
        command.addAll(List.of(options));
        command.add(at.toString());
        assumeTrue(run(command.toArray(String[]::new)), "nothing can be mounted here");
        mounts.push(at);
    }

    private static String refusal(Path folder) {
        String said = assertThrows(EmbeddedStoreException.class, () -> EmbeddedStores.start(folder))
                .getMessage();
        assertTrue(said.contains("DATA_DIR") && said.contains(folder.toString()), said);
        assertFalse(said.contains("\n"), said);
        return said;
    }

    private static List<String> contents(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        // given
        Path file = Files.writeString(temporary.resolve("file"), "mine");

        // then
        assertTrue(refusal(file).contains("is not a folder"));
        assertTrue(refusal(file.resolve("below")).contains("Not a directory"));
        assertEquals("mine", Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "pid", "redis", "mongo", "mongo/orders.mv"})
    void whatStandsInTheWayIsNamed(String name) throws IOException {
        // given
        boolean isFolder = name.equals("redis") || name.equals("mongo");
        Path inTheWay = temporary.resolve(name);
        Files.createDirectories(isFolder ? temporary : inTheWay);
        if (isFolder) {
            Files.createFile(inTheWay);
        }

        // when
        String said = refusal(temporary);

        // then
        assertTrue(said.contains(inTheWay.toString()), said);
        assertEquals(
                List.of(),
                ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().commandLine().orElse("").contains(temporary.toString()))
                        .toList());

        // when
        Files.delete(inTheWay);

        // then
        EmbeddedStores.start(temporary).close();
    }

    @Test
    void aSecretThatCannotBeKeptIsNamed() throws IOException {
        // given
        Files.createDirectories(temporary.resolve("admin-password"));

        // then
        try (DataFolder folder = DataFolder.open(temporary)) {
            String said = assertThrows(EmbeddedStoreException.class, () -> folder.secret("admin-password"))
                    .getMessage();
            assertTrue(said.contains("admin-password") && said.contains("DATA_DIR"), said);
        }
    }

    @Test
    void aFolderForReadingOnlyIsRefused() throws Exception {
        // given
        Path folder = temporary.resolve("readonly");
        mount(folder, "-t", "tmpfs", "-o", "ro", "tmpfs");

        // then
        assertTrue(refusal(folder).contains("Read-only file system"));
        assertTrue(refusal(folder.resolve("below")).contains("Read-only file system"));
    }

    @Test
    void aFullDiskIsRefusedAndNothingIsHalfWritten() throws Exception {
        // given
        Path folder = temporary.resolve("full");
        mount(folder, "-t", "tmpfs", "-o", "size=32m", "tmpfs");
        Path filler = folder.resolve("filler");
        assumeTrue(!run("dd", "if=/dev/zero", "of=" + filler, "bs=64k"));

        // when
        String said = refusal(folder);

        // then
        assertTrue(said.contains("No space left on device") && said.contains("1 MiB free"), said);
        assertEquals(List.of("filler", "lock"), contents(folder));
        assertEquals(0, Files.size(folder.resolve("lock")));

        // when
        Files.delete(filler);

        // then
        EmbeddedStores.start(folder).close();
        assertTrue(contents(folder).stream().noneMatch(name -> name.endsWith(".new")));
    }

    @Test
    void aDiskWithTooLittleRoomIsRefusedBeforeAStoreFindsOut() throws Exception {
        // given
        Path folder = temporary.resolve("small");
        mount(folder, "-t", "tmpfs", "-o", "size=900k", "tmpfs");

        // then
        assertTrue(refusal(folder).contains("No space left on device"));
        assertEquals(List.of("lock"), contents(folder));
    }

    @Test
    void filesThatSomebodyElseLeftAreRefused() throws Exception {
        // given
        EmbeddedStores.start(temporary).close();
        Path theirs = temporary.resolve("mongo");
        List<String> before = contents(theirs);
        mount(theirs, "--bind", theirs.toString());
        assumeTrue(run("mount", "-o", "remount,ro,bind", theirs.toString()));

        // when
        String said = refusal(temporary);

        // then
        assertTrue(said.contains(theirs + " is not writable for this user; " + theirs + " belongs to "), said);
        assertEquals(before, contents(theirs));
    }
}
