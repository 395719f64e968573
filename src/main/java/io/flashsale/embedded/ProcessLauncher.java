package io.flashsale.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Builds the command line that gives a child a process group of its own, from the tools that this machine has.
 *
 * <p>{@code setsid} becomes the child and keeps its process id. Without it a shell's job control makes the group; the shell
 * then stays and waits for the child. {@code setpriv} sets the signal that the child gets when its parent dies; not every
 * system has it, and not every version knows that signal. A left-over child is ended by the next start in any case.
 */
final class ProcessLauncher {
    private static final int PROBE_SECONDS = 5;

    /** Where they are on most systems, whatever the PATH holds. */
    private static final List<String> USUAL_FOLDERS = List.of("/usr/bin", "/bin");

    /**
     * Job control makes the group, and is off again when the shell waits: else a child that is only halted would end the
     * wait. The shell stays in the group of its parent, so it must not die of the signals for that group. A child inherits
     * that it ignores them unless it says otherwise, as Redis does.
     */
    private static final String IN_A_GROUP = "trap '' INT TERM HUP QUIT; set -m; \"$@\" & set +m; wait $!";

    private final List<String> prefix;
    private final boolean waiting;

    private ProcessLauncher(List<String> prefix, boolean waiting) {
        this.prefix = prefix;
        this.waiting = waiting;
    }

    /** Finds the tools of this machine. */
    static ProcessLauncher ofThisMachine() {
        List<String> folders = new ArrayList<>(
                List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1)));
        folders.addAll(USUAL_FOLDERS);
        return withToolsIn(folders);
    }

    /** Uses only what is in these folders. */
    static ProcessLauncher withToolsIn(List<String> folders) {
        Optional<String> setsid = find("setsid", folders).filter(tool -> works(List.of(tool, "true")));
        Optional<String> setpriv = find("setpriv", folders)
                .filter(tool -> works(concatenated(onParentsDeath(Optional.of(tool), "TERM"), List.of("true"))));
        // Not SIGKILL: a Redis whose parent was killed still writes what it has.
        List<String> signalled = onParentsDeath(setpriv, "TERM");
        if (setsid.isPresent()) {
            return new ProcessLauncher(concatenated(List.of(setsid.get()), signalled), false);
        }
        // Bash needs no terminal for its job control. Others do, and without a terminal there is no Ctrl-C.
        String shell = find("bash", folders).or(() -> find("sh", folders)).orElse("/bin/sh");
        List<String> inAGroup = concatenated(List.of(shell, "-c", IN_A_GROUP, shell), signalled);
        // The shell ignores SIGTERM; its own death is what its child is told of.
        return new ProcessLauncher(concatenated(onParentsDeath(setpriv, "KILL"), inAGroup), true);
    }

    private static List<String> onParentsDeath(Optional<String> setpriv, String signal) {
        return setpriv.map(tool -> List.of(tool, "--pdeathsig", signal)).orElse(List.of());
    }

    /** The command line of a child that runs this command. */
    List<String> commandFor(String... command) {
        return concatenated(prefix, List.of(command));
    }

    /** Whether the command line starts a shell that has the child as its own child and ends with it. */
    boolean waitsForTheChild() {
        return waiting;
    }

    private static Optional<String> find(String tool, List<String> folders) {
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static boolean works(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> concatenated(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
