package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.embedded.TestRedisBinary;
import io.flashsale.support.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fat jar as a process of its own, on embedded stores.
 *
 * @param process that runs
 * @param output what it has said so far
 * @param port of the API, as the banner tells it, and so are the others
 */
record JarProcess(
        Process process, Path output, int port, int managementPort, String email, String password, String product) {
    private static final Path JAR = Path.of(System.getProperty("flashsale.jar", "target/flash-sale.jar"));
    private static final Pattern ADMIN = Pattern.compile("Admin +(\\S+) +password (\\S+)");
    private static final Pattern API = Pattern.compile("API +http://localhost:(\\d+)");
    private static final Pattern HEALTH = Pattern.compile("Health +http://127.0.0.1:(\\d+)");
    private static final Pattern PRODUCT = Pattern.compile("user/buy/(\\w+)");

    /** The program, without what this machine has configured for it. */
    static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(TestRedisBinary.jvmArguments());
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("FLASHSALE_") || name.endsWith("_URI"));
        return builder;
    }

    /** The server on embedded stores in this folder, and on free ports. */
    static ProcessBuilder server(Path data) {
        ProcessBuilder builder = command();
        builder.environment()
                .putAll(Map.of(
                        "PORT", "0",
                        "HOST", "127.0.0.1",
                        "MANAGEMENT_PORT", "0",
                        "DATA_DIR", data.toString(),
                        "FLASHSALE_RECONCILE_INTERVAL", "100ms",
                        "FLASHSALE_LIMITS_OTP_USER", "unlimited",
                        "FLASHSALE_LIMITS_PURCHASE_IP", "unlimited",
                        "FLASHSALE_LIMITS_PURCHASE_USER", "unlimited"));
        return builder;
    }

    static JarProcess start(Path data) throws Exception {
        return start(server(data));
    }

    /** Starts it, and waits for its banner. */
    static JarProcess start(ProcessBuilder builder) throws Exception {
        Path output = Files.createTempFile("flash-sale-", ".out");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        for (int i = 0; i < 600; i++) {
            String text = Files.readString(output);
            if (text.contains("Read README.md")) {
                return new JarProcess(
                        process,
                        output,
                        Integer.parseInt(find(API, text).group(1)),
                        Integer.parseInt(find(HEALTH, text).group(1)),
                        find(ADMIN, text).group(1),
                        find(ADMIN, text).group(2),
                        find(PRODUCT, text).group(1));
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.sleep(100);
        }
        process.destroyForcibly();
        throw new AssertionError("it did not start: " + Files.readString(output));
    }

    private static Matcher find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertTrue(matcher.find(), text);
        return matcher;
    }

    /** What it has said so far. */
    String said() throws IOException {
        return Files.readString(output);
    }

    Client client() {
        return new Client(port, managementPort);
    }

    Client on(Client signedIn) {
        return client().withCookie(signedIn.cookie());
    }

    ProcessHandle redis() {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").matches(".*(redis|valkey).*"))
                .findFirst()
                .orElseThrow();
    }
}
