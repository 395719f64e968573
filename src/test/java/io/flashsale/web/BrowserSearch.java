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
 * Finds a browser once for a whole run: the one that CHROMIUM names, else the first on the PATH that starts, else
 * Playwright's own, which is fetched where it is missing.
 *
 * <p>Where there is none, it says so in one line, and the tests are skipped ({@link InABrowser}); with {@code CI=true} they
 * fail. A browser that was found and fails later is a failure: only the search is forgiving.
 */
final class BrowserSearch {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final int REASON_LENGTH = 200;

    /** Stands for Playwright's own browser, whose path only Playwright knows. */
    private static final Optional<Path> PLAYWRIGHTS_OWN = Optional.empty();

    private final Map<String, String> environment;
    private final Supplier<Optional<String>> fetch;
    private final RunNote note;
    private final Consumer<String> report;
    private final Set<String> reasons = new LinkedHashSet<>();
    private Optional<Path> found;
    private String absent;

    /**
     * Prepares a search.
     *
     * @param environment of this process
     * @param fetch has Playwright fetch its own browser, and answers why it could not
     * @param note tells the other forks of this run that there is none
     * @param report tells whoever reads the run, once, that the tests are skipped
     */
    BrowserSearch(
            Map<String, String> environment, Supplier<Optional<String>> fetch, RunNote note, Consumer<String> report) {
        this.environment = environment;
        this.fetch = fetch;
        this.note = note;
        this.report = report;
    }

    /**
     * Why tests of the pages are to be skipped; searches where nobody has yet.
     *
     * @param launch starts the browser with this path, or Playwright's own without one
     * @param close ends the one that was started to see whether it does
     * @return nothing where there is a browser, or where there has to be: then the tests tell what is wrong
     */
    synchronized <B> Optional<String> reasonToSkip(Function<Optional<Path>, B> launch, Consumer<B> close) {
        if (found != null || mustHaveOne() || isNamed()) {
            return Optional.empty();
        }
        if (absent == null) {
            note.holding(() -> search(launch)).ifPresent(close);
        }
        return Optional.ofNullable(absent);
    }

    /**
     * Launches the browser that was found, or the first that starts.
     *
     * @param launch starts the browser with this path, or Playwright's own without one
     * @throws IllegalStateException where CHROMIUM names no program, or there is no browser
     */
    synchronized <B> B open(Function<Optional<Path>, B> launch) {
        if (found != null) {
            return launch.apply(found);
        }
        if (isNamed()) {
            return launch.apply(Optional.of(named()));
        }
        Optional<B> browser = absent == null ? note.holding(() -> search(launch)) : Optional.empty();
        return browser.orElseThrow(() -> new IllegalStateException(absent));
    }

    private boolean mustHaveOne() {
        return "true".equals(environment.get("CI"));
    }

    private boolean isNamed() {
        return !environment.getOrDefault("CHROMIUM", "").isBlank();
    }

    /** Whoever names one means that one: nothing else is tried. */
    private Path named() {
        Path program = Path.of(environment.get("CHROMIUM"));
        if (!isProgram(program)) {
            throw new IllegalStateException("CHROMIUM names " + program + ", which is not a program that can be run");
        }
        return program;
    }

    private <B> Optional<B> search(Function<Optional<Path>, B> launch) {
        Optional<String> ofAnotherFork = note.read();
        if (ofAnotherFork.isPresent()) {
            absent = ofAnotherFork.get();
            return Optional.empty();
        }
        Optional<B> browser = tryOutAll(launch);
        if (browser.isEmpty()) {
            absent = "there is no browser: CHROMIUM is not set, none on the PATH starts (" + String.join(", ", NAMES)
                    + "), and Playwright has none. " + String.join("; ", reasons);
            note.write(absent);
            if (!mustHaveOne()) {
                report.accept("The tests of the pages are skipped, " + absent);
            }
        }
        return browser;
    }

    private <B> Optional<B> tryOutAll(Function<Optional<Path>, B> launch) {
        for (Path program : onPath()) {
            Optional<B> browser = tryOut(Optional.of(program), launch);
            if (browser.isPresent()) {
                return browser;
            }
        }
        Optional<B> own = tryOut(PLAYWRIGHTS_OWN, launch);
        if (own.isPresent()) {
            return own;
        }
        Optional<String> trouble = fetch.get();
        if (trouble.isPresent()) {
            reasons.add(trouble.get());
            return Optional.empty();
        }
        return tryOut(PLAYWRIGHTS_OWN, launch);
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

    private <B> Optional<B> tryOut(Optional<Path> program, Function<Optional<Path>, B> launch) {
        try {
            B browser = launch.apply(program);
            found = program;
            return Optional.of(browser);
        } catch (RuntimeException e) {
            // Not only PlaywrightException: a driver that cannot be unpacked is a plain one.
            reasons.add(program.map(Path::toString).orElse("Playwright's own") + " does not start: " + reason(e));
            return Optional.empty();
        }
    }

    /** The first line that says something: Playwright opens with "Error {" and puts its message behind "message='". */
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
