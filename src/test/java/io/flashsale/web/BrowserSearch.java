package io.flashsale.web;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds a browser once per test run: the one in CHROMIUM, else the first on the PATH that starts, else Playwright's own,
 * which is downloaded if it is missing.
 *
 * <p>Without a browser, the search reports that in one line, and the tests are skipped ({@link RequiresBrowser}); with
 * {@code CI=true} they fail. If a browser is found and fails later, the test fails, too.
 */
final class BrowserSearch {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final int REASON_LENGTH = 200;

    /** Represents Playwright's own browser, whose path is internal to Playwright. */
    private static final Optional<Path> PLAYWRIGHTS_OWN = Optional.empty();

    private final Map<String, String> environment;
    private final Supplier<Optional<String>> download;
    private final RunMarker marker;
    private final Consumer<String> report;
    private final Set<String> reasons = new LinkedHashSet<>();
    private Optional<Path> found;
    private String absent;

    /**
     * Prepares a search.
     *
     * @param environment of this process
     * @param download downloads Playwright's own browser and returns the reason if that fails
     * @param marker shares with the other forks of this run that there is no browser
     * @param report prints, once, that the tests are skipped
     */
    BrowserSearch(
            Map<String, String> environment,
            Supplier<Optional<String>> download,
            RunMarker marker,
            Consumer<String> report) {
        this.environment = environment;
        this.download = download;
        this.marker = marker;
        this.report = report;
    }

    /**
     * Returns the reason to skip the browser tests. The first call searches for a browser.
     *
     * @param launch starts the browser with this path, or Playwright's own without one
     * @param close closes the browser that was started to try it
     * @return empty if there is a browser, or if one is required: then the tests fail with the reason
     */
    synchronized <B> Optional<String> reasonToSkip(Function<Optional<Path>, B> launch, Consumer<B> close) {
        if (found != null || isRequired() || isNamed()) {
            return Optional.empty();
        }
        if (absent == null) {
            marker.withLock(() -> search(launch)).ifPresent(close);
        }
        return Optional.ofNullable(absent);
    }

    /**
     * Launches the browser that was found; the first call searches for one.
     *
     * @param launch starts the browser with this path, or Playwright's own without one
     * @throws IllegalStateException if CHROMIUM is not an executable, or there is no browser
     */
    synchronized <B> B open(Function<Optional<Path>, B> launch) {
        if (found != null) {
            return launch.apply(found);
        }
        if (isNamed()) {
            return launch.apply(Optional.of(named()));
        }
        Optional<B> browser = absent == null ? marker.withLock(() -> search(launch)) : Optional.empty();
        return browser.orElseThrow(() -> new IllegalStateException(absent));
    }

    private boolean isRequired() {
        return "true".equals(environment.get("CI"));
    }

    private boolean isNamed() {
        return !environment.getOrDefault("CHROMIUM", "").isBlank();
    }

    /** Returns the browser in CHROMIUM. If it is set, no other browser is tried. */
    private Path named() {
        Path program = Path.of(environment.get("CHROMIUM"));
        if (!isProgram(program)) {
            throw new IllegalStateException("CHROMIUM is " + program + ", which is not an executable file");
        }
        return program;
    }

    private <B> Optional<B> search(Function<Optional<Path>, B> launch) {
        Optional<String> fromAnotherFork = marker.read();
        if (fromAnotherFork.isPresent()) {
            absent = fromAnotherFork.get();
            return Optional.empty();
        }
        Optional<B> browser = tryAll(launch);
        if (browser.isEmpty()) {
            absent = "no browser found: CHROMIUM is not set, none on the PATH starts (" + String.join(", ", NAMES)
                    + "), and Playwright has none. " + String.join("; ", reasons);
            marker.write(absent);
            if (!isRequired()) {
                report.accept("Browser tests skipped: " + absent);
            }
        }
        return browser;
    }

    private <B> Optional<B> tryAll(Function<Optional<Path>, B> launch) {
        for (Path program : onPath()) {
            Optional<B> browser = tryOne(Optional.of(program), launch);
            if (browser.isPresent()) {
                return browser;
            }
        }
        Optional<B> own = tryOne(PLAYWRIGHTS_OWN, launch);
        if (own.isPresent()) {
            return own;
        }
        Optional<String> failure = download.get();
        if (failure.isPresent()) {
            reasons.add(failure.get());
            return Optional.empty();
        }
        return tryOne(PLAYWRIGHTS_OWN, launch);
    }

    private List<Path> onPath() {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(BrowserSearch::isProgram)
                .toList();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    private <B> Optional<B> tryOne(Optional<Path> program, Function<Optional<Path>, B> launch) {
        try {
            B browser = launch.apply(program);
            found = program;
            return Optional.of(browser);
        } catch (RuntimeException e) {
            // Not only PlaywrightException: if the driver cannot be unpacked, Playwright throws a plain
            // RuntimeException.
            reasons.add(program.map(Path::toString).orElse("Playwright's own") + " does not start: " + reason(e));
            return Optional.empty();
        }
    }

    /** Extracts the first meaningful line: Playwright's messages start with "Error {", and "message='" precedes the text. */
    private static String reason(RuntimeException e) {
        String first = String.valueOf(e.getMessage())
                .lines()
                .map(line -> line.strip().replaceFirst("^message='", ""))
                .filter(line -> !line.isEmpty() && !line.endsWith("{"))
                .findFirst()
                .orElse("");
        return first.substring(0, Math.min(first.length(), REASON_LENGTH));
    }
}
