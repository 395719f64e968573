package io.flashsale.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a headless Chromium, which {@link BrowserSearch} finds once per test run. An instance belongs to one thread. */
final class Chromium implements AutoCloseable {
    private static final BrowserSearch SEARCH = new BrowserSearch(
            System.getenv(), BrowserDownload::download, RunMarker.ofThisRun("no-browser"), System.out::println);

    /** Long enough for a busy machine, but bounded in case the browser never starts. */
    private static final double START_MILLIS = 120_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** See {@link BrowserSearch#reasonToSkip}. */
    static Optional<String> reasonToSkip() {
        return SEARCH.reasonToSkip(Chromium::launch, Chromium::close);
    }

    /** Starts one; see {@link BrowserSearch#open}. */
    static Chromium open() {
        PlaywrightAssertions.setDefaultAssertionTimeout(Visitor.TIMEOUT_MILLIS);
        return SEARCH.open(Chromium::launch);
    }

    private static Chromium launch(Optional<Path> executable) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        // The search decides about the download, once; otherwise each Playwright would decide anew.
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        try {
            BrowserType.LaunchOptions options = new BrowserType.LaunchOptions()
                    .setHeadless(true)
                    .setTimeout(START_MILLIS)
                    .setArgs(flags());
            executable.ifPresent(options::setExecutablePath);
            return new Chromium(playwright, playwright.chromium().launch(options));
        } catch (PlaywrightException e) {
            playwright.close();
            throw e;
        }
    }

    private static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of(
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync"));
        if ("root".equals(System.getProperty("user.name"))) {
            flags.add("--no-sandbox");
        }
        return flags;
    }

    /** Opens a new visitor with a separate browser profile. */
    Visitor visitor(int port) {
        return visitor(port, 1_280, 800);
    }

    Visitor visitor(int port, int width, int height) {
        return new Visitor(browser, "http://127.0.0.1:" + port, width, height);
    }

    @Override
    public void close() {
        playwright.close();
    }
}
