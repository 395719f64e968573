package io.flashsale.web;

import com.microsoft.playwright.CLI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Downloads Playwright's own Chromium into the user's Playwright cache, as {@code playwright install} does. */
final class BrowserDownload {
    private static final long MINUTES = 5;
    private static final int REASON_LENGTH = 200;
    private static final String SKIP = "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD";
    private static final String CONNECTION_TIMEOUT = "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT";
    private static final String CONNECTION_TIMEOUT_MILLIS = "10000";

    private BrowserDownload() {}

    /** Downloads it and returns the reason if that fails. This takes at most {@link #MINUTES} minutes. */
    static Optional<String> download() {
        if (System.getenv(SKIP) != null) {
            return Optional.of("The download is disabled: " + SKIP + " is set");
        }
        System.out.println("No Chromium found: Playwright downloads one (about 110 MB). Set " + SKIP
                + "=1 to skip the download and the browser tests");
        try {
            Path log = Files.createTempFile("playwright-install-", ".log");
            try {
                return run(log).map(reason -> "The download failed: " + reason);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("The download was interrupted");
        }
    }

    /** Runs Playwright's command in its own process, because the command exits its JVM and may have to be killed. */
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
            return Optional.of("not finished after " + MINUTES + " minutes");
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
