package io.flashsale.faults.stores;

import io.flashsale.support.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts, kills and halts child processes. */
public final class Processes {
    private Processes() {}

    /** Starts a JVM with the class path of this one and another main class. */
    public static Process java(Class<?> main, List<String> arguments, Map<String, String> environment, Path log) {
        return java(
                main, List.of("-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), arguments, environment, log);
    }

    /** Starts it with other JVM options. */
    public static Process java(
            Class<?> main, List<String> options, List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("FLASHSALE_") || name.endsWith("_URI"));
        builder.environment().putAll(environment);
        return start(builder, log);
    }

    static Process start(ProcessBuilder builder, Path log) {
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void kill(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends SIGSTOP or SIGCONT. */
    public static void halt(Process process, boolean halted) {
        Signals.send(halted ? "STOP" : "CONT", process.pid());
    }

    /** Waits for a log line with this prefix, after {@code before} earlier ones; returns the rest of the line. */
    public static String awaitLine(Process process, Path log, String begin, int before) {
        try {
            for (int i = 0; i < 600; i++) {
                List<String> found = Files.exists(log)
                        ? Files.readAllLines(log).stream()
                                .filter(line -> line.startsWith(begin))
                                .toList()
                        : List.of();
                if (found.size() > before) {
                    return found.get(found.size() - 1).substring(begin.length()).trim();
                }
                if (!process.isAlive()) {
                    break;
                }
                pause(50);
            }
            throw new AssertionError("no line begins with '" + begin + "': " + Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
