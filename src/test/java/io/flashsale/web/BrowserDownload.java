package io.flashsale.web;

import com.microsoft.playwright.CLI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Has Playwright fetch its own Chromium into the cache that it keeps for its user, as {@code playwright install} does. */
final class BrowserDownload {
    private static final long MINUTES = 5;
    private static final int REASON_LENGTH = 200;
    private static final String SKIP = "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD";
    private static final String CONNECTION_TIMEOUT = "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT";
    private static final String CONNECTION_TIMEOUT_MILLIS = "10000";

    private BrowserDownload() {}

    /** Fetches it, and answers why it could not. Takes some minutes at the most. */
    static Optional<String> fetch() {
        if (System.getenv(SKIP) != null) {
            return Optional.of("It may not fetch one: " + SKIP + " is set");
        }
        System.out.println("No Chromium on this machine: Playwright fetches one, some 110 MB; with " + SKIP
                + "=1 it does not, and the tests of the pages are skipped");
        try {
            Path log = Files.createTempFile("playwright-install-", ".log");
            try {
                return run(log).map(trouble -> "It could not fetch one: " + trouble);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted while it fetched one");
        }
    }

    /** In a process of its own, which can be ended: Playwright's command ends the JVM that it runs in. */
    private static Optional<String> run(Path log) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                CLI.class.getName(),
                "install",
                "--only-shell",
                "chromium"));
        builder.environment().putIfAbsent(CONNECTION_TIMEOUT, CONNECTION_TIMEOUT_MILLIS);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return Optional.of("not done after " + MINUTES + " minutes");
        }
        return process.exitValue() == 0 ? Optional.empty() : Optional.of(reason(Files.readAllLines(log)));
    }

    private static String reason(List<String> lines) {
        String line = lines.stream()
                .filter(text -> text.startsWith("Error:"))
                .findFirst()
                .orElseGet(() -> lines.isEmpty() ? "no reason given" : lines.get(lines.size() - 1));
        return line.substring(0, Math.min(line.length(), REASON_LENGTH));
    }
}
