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

/** Tests which browser is chosen, and what happens without one. No browser is started. */
class BrowserSearchTest {
    private static final Optional<Path> OWN = Optional.empty();

    @TempDir
    private Path folder;

    /** The browsers that were started, in this order. */
    private final List<Optional<Path>> started = new ArrayList<>();

    /** The browsers that start successfully. */
    private final Set<Optional<Path>> startable = new HashSet<>();

    private final List<Optional<Path>> closed = new ArrayList<>();
    private final List<String> reported = new ArrayList<>();
    private int downloads;

    private BrowserSearch search(Map<String, String> environment, Optional<String> failure) {
        return new BrowserSearch(
                environment,
                () -> {
                    downloads++;
                    if (failure.isEmpty()) {
                        startable.add(OWN);
                    }
                    return failure;
                },
                new RunMarker(folder.resolve("marker")),
                reported::add);
    }

    private Optional<Path> launch(Optional<Path> executable) {
        started.add(executable);
        if (!startable.contains(executable)) {
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
    void onlyTheBrowserInChromiumIsTried() throws IOException {
        // given
        Path named = program("mine");
        program("bin/chromium");
        startable.add(Optional.of(named));
        BrowserSearch search = search(
                Map.of(
                        "CHROMIUM",
                        named.toString(),
                        "PATH",
                        folder.resolve("bin").toString()),
                Optional.empty());

        // then
        assertEquals(Optional.of(named), search.open(this::launch));
        startable.clear();
        assertThrows(IllegalStateException.class, () -> search.open(this::launch));
        assertEquals(List.of(Optional.of(named), Optional.of(named)), started);
        assertEquals(0, downloads);
    }

    @Test
    void chromiumThatIsNotExecutableFailsAndIsNamed() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        for (Path wrong : List.of(folder.resolve("nothing"), folder, plain)) {
            // given
            BrowserSearch search = search(Map.of("CHROMIUM", wrong.toString()), Optional.empty());

            // when
            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> search.open(this::launch));

            // then
            assertTrue(failure.getMessage().contains("CHROMIUM is " + wrong), failure.getMessage());
        }
        assertEquals(List.of(), started);
    }

    @Test
    void browserOnThePathThatDoesNotStartIsSkippedForTheNext() throws IOException {
        // given
        Path stub = program("first/chromium-browser");
        Path good = program("second/google-chrome");
        startable.add(Optional.of(good));
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
    void playwrightsOwnBrowserIsDownloadedOnlyIfItIsMissing() {
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
    void withoutABrowserTestsAreSkippedAndNothingIsTriedTwice() throws IOException {
        // given
        Path stub = program("bin/chromium");
        BrowserSearch search = search(
                Map.of("PATH", folder.resolve("bin").toString()), Optional.of("The download failed: no network"));

        // when
        String reason = search.reasonToSkip(this::launch, closed::add).orElseThrow();

        // then
        assertEquals(Optional.of(reason), search.reasonToSkip(this::launch, closed::add));
        assertTrue(reason.contains("no network"), reason);
        assertTrue(reason.contains(stub + " does not start: Failed to create driver;"), reason);
        assertFalse(reason.contains("\n"), reason);
        assertEquals(List.of("Browser tests skipped: " + reason), reported);
        assertEquals(List.of(Optional.of(stub), OWN), started);
        assertEquals(1, downloads);
        assertThrows(IllegalStateException.class, () -> search.open(this::launch));
        assertEquals(2, started.size());
    }

    @Test
    void withABrowserNothingIsSkippedAndTheTriedBrowserIsClosed() throws IOException {
        // given
        Path good = program("bin/chromium");
        startable.add(Optional.of(good));
        BrowserSearch search = search(Map.of("PATH", folder.resolve("bin").toString()), Optional.of("no network"));

        // then
        assertEquals(Optional.empty(), search.reasonToSkip(this::launch, closed::add));
        assertEquals(Optional.empty(), search.reasonToSkip(this::launch, closed::add));
        assertEquals(List.of(Optional.of(good)), started);
        assertEquals(started, closed);
        assertEquals(Optional.of(good), search.open(this::launch));
    }

    @Test
    void anotherForkReusesTheResult() {
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
    void requiredBrowserFailsInsteadOfSkipping() {
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
