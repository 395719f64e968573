package io.flashsale.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which browser is taken, and what happens where there is none; none is started. */
class BrowserSearchTest {
    private static final Optional<Path> OWN = Optional.empty();

    @TempDir
    private Path folder;

    /** What was started, in this order, and what can be. */
    private final List<Optional<Path>> started = new ArrayList<>();

    private final Set<Optional<Path>> starting = new HashSet<>();
    private final List<Optional<Path>> closed = new ArrayList<>();
    private final List<String> reported = new ArrayList<>();
    private int downloads;

    private BrowserSearch search(Map<String, String> environment, Optional<String> trouble) {
        return new BrowserSearch(
                environment,
                () -> {
                    downloads++;
                    if (trouble.isEmpty()) {
                        starting.add(OWN);
                    }
                    return trouble;
                },
                new RunNote(folder.resolve("note")),
                reported::add);
    }

    private Optional<Path> launch(Optional<Path> executable) {
        started.add(executable);
        if (!starting.contains(executable)) {
            throw new IllegalStateException("Error {\n  message='Failed to create driver\nand a lot more");
        }
        return executable;
    }

    private Path program(String name) throws IOException {
        Path program = folder.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "");
        assertTrue(program.toFile().setExecutable(true));
        return program;
    }

    @Test
    void theNamedOneIsTakenAndNoOther() throws IOException {
        // given
        Path named = program("mine");
        program("bin/chromium");
        starting.add(Optional.of(named));
        BrowserSearch search = search(
                Map.of(
                        "CHROMIUM",
                        named.toString(),
                        "PATH",
                        folder.resolve("bin").toString()),
                Optional.empty());

        // then
        assertEquals(Optional.of(named), search.open(this::launch));
        starting.clear();
        assertThrows(IllegalStateException.class, () -> search.open(this::launch));
        assertEquals(List.of(Optional.of(named), Optional.of(named)), started);
        assertEquals(0, downloads);
    }

    @Test
    void aNamedOneThatIsNoProgramIsAFailureThatNamesIt() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        for (Path wrong : List.of(folder.resolve("nothing"), folder, plain)) {
            // given
            BrowserSearch search = search(Map.of("CHROMIUM", wrong.toString()), Optional.empty());

            // when
            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> search.open(this::launch));

            // then
            assertTrue(failure.getMessage().contains("CHROMIUM names " + wrong), failure.getMessage());
        }
        assertEquals(List.of(), started);
    }

    @Test
    void oneOnThePathThatDoesNotStartIsPassedOverAndTheNextIsKept() throws IOException {
        // given
        Path stub = program("first/chromium-browser");
        Path good = program("second/google-chrome");
        starting.add(Optional.of(good));
        BrowserSearch search = search(
                Map.of("CHROMIUM", "", "PATH", folder.resolve("first") + "::" + folder.resolve("second")),
                Optional.empty());

        // then
        assertEquals(Optional.of(good), search.open(this::launch));
        assertEquals(Optional.of(good), search.open(this::launch));
        assertEquals(List.of(Optional.of(stub), Optional.of(good), Optional.of(good)), started);
        assertEquals(0, downloads);
    }

    @Test
    void playwrightsOwnIsTakenAsItIsAndFetchedOnlyWhereItIsMissing() {
        // given
        BrowserSearch search = search(Map.of(), Optional.empty());

        // then
        assertEquals(OWN, search.open(this::launch));
        assertEquals(OWN, search.open(this::launch));
        assertEquals(1, downloads);
        assertEquals(OWN, search(Map.of(), Optional.of("no network")).open(this::launch));
        assertEquals(1, downloads);
    }

    @Test
    void withoutAnyTheTestsAreSkippedAndNothingIsTriedTwice() throws IOException {
        // given
        Path stub = program("bin/chromium");
        BrowserSearch search = search(
                Map.of("PATH", folder.resolve("bin").toString()), Optional.of("It could not fetch one: no network"));

        // when
        String reason = search.reasonToSkip(this::launch, closed::add).orElseThrow();

        // then
        assertEquals(Optional.of(reason), search.reasonToSkip(this::launch, closed::add));
        assertTrue(reason.contains("no network"), reason);
        assertTrue(reason.contains(stub + " does not start: Failed to create driver;"), reason);
        assertFalse(reason.contains("\n"), reason);
        assertEquals(List.of("The tests of the pages are skipped, " + reason), reported);
        assertEquals(List.of(Optional.of(stub), OWN), started);
        assertEquals(1, downloads);
        assertThrows(IllegalStateException.class, () -> search.open(this::launch));
        assertEquals(2, started.size());
    }

    @Test
    void withOneNothingIsSkippedAndWhatWasTriedIsClosed() throws IOException {
        // given
        Path good = program("bin/chromium");
        starting.add(Optional.of(good));
        BrowserSearch search = search(Map.of("PATH", folder.resolve("bin").toString()), Optional.of("no network"));

        // then
        assertEquals(Optional.empty(), search.reasonToSkip(this::launch, closed::add));
        assertEquals(Optional.empty(), search.reasonToSkip(this::launch, closed::add));
        assertEquals(List.of(Optional.of(good)), started);
        assertEquals(started, closed);
        assertEquals(Optional.of(good), search.open(this::launch));
    }

    @Test
    void anotherForkOfTheRunIsSparedTheSearch() {
        // given
        Optional<String> first = search(Map.of(), Optional.of("no network")).reasonToSkip(this::launch, closed::add);

        // when
        Optional<String> other = search(Map.of(), Optional.of("no network")).reasonToSkip(this::launch, closed::add);

        // then
        assertEquals(first, other);
        assertEquals(1, started.size());
        assertEquals(1, downloads);
        assertEquals(1, reported.size());
    }

    @Test
    void whatHasToBeThereIsNotSkippedButFails() {
        for (Map<String, String> environment : List.of(Map.of("CI", "true"), Map.of("CHROMIUM", "/nothing/there"))) {
            // given
            BrowserSearch search = search(environment, Optional.of("no network"));

            // then
            assertEquals(Optional.empty(), search.reasonToSkip(this::launch, closed::add));
            assertThrows(IllegalStateException.class, () -> search.open(this::launch));
            assertThrows(IllegalStateException.class, () -> search.open(this::launch));
        }
        assertEquals(1, downloads);
        assertEquals(List.of(), reported);
    }
}
