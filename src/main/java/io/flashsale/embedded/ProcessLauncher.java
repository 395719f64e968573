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
 * Builds the command line that gives a child a process group of its own, with the tools that this machine has.
 *
 * <p>{@code setsid} becomes the child and keeps its process id. Without it, a wrapper shell creates the group by job
 * control, and stays to wait for the child. {@code setpriv} sets the signal that the child gets when its parent dies.
 * Not every system has it, and not every version supports that option. The next start ends an orphaned child in any
 * case.
 */
final class ProcessLauncher {
    private static final int PROBE_SECONDS = 5;

    /** The folders of these tools on most systems, searched in addition to the PATH. */
    private static final List<String> USUAL_FOLDERS = List.of("/usr/bin", "/bin");

    /**
     * The script of the wrapper shell. Job control creates the group. It is switched off before the shell waits,
     * because otherwise a child that is only halted would end the wait. The shell stays in its parent's group, so it
     * ignores the signals that are sent to that group. The child inherits this until it installs its own handlers, as
     * Redis does.
     */
    private static final String RUN_IN_OWN_GROUP = "trap '' INT TERM HUP QUIT; set -m; \"$@\" & set +m; wait $!";

    private final List<String> prefix;
    private final boolean wrapperShell;

    private ProcessLauncher(List<String> prefix, boolean wrapperShell) {
        this.prefix = prefix;
        this.wrapperShell = wrapperShell;
    }

    /** Creates a launcher with the tools of this machine. */
    static ProcessLauncher ofThisMachine() {
        List<String> folders = new ArrayList<>(
                List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1)));
        folders.addAll(USUAL_FOLDERS);
        return withToolsIn(folders);
    }

    /** Creates a launcher that uses only the tools in these folders. */
    static ProcessLauncher withToolsIn(List<String> folders) {
        Optional<String> setsid = find("setsid", folders).filter(tool -> works(List.of(tool, "true")));
        Optional<String> setpriv = find("setpriv", folders)
                .filter(tool -> works(concatenated(signalOnParentDeath(Optional.of(tool), "TERM"), List.of("true"))));
        // Not SIGKILL: a Redis whose parent was killed can still write its data.
        List<String> signalled = signalOnParentDeath(setpriv, "TERM");
        if (setsid.isPresent()) {
            return new ProcessLauncher(concatenated(List.of(setsid.get()), signalled), false);
        }
        // Bash needs no terminal for job control. Other shells do, but without a terminal there is no Ctrl-C either.
        String shell = find("bash", folders).or(() -> find("sh", folders)).orElse("/bin/sh");
        List<String> inOwnGroup = concatenated(List.of(shell, "-c", RUN_IN_OWN_GROUP, shell), signalled);
        // SIGKILL, since the shell ignores SIGTERM. The death of the shell then sends SIGTERM to the child.
        return new ProcessLauncher(concatenated(signalOnParentDeath(setpriv, "KILL"), inOwnGroup), true);
    }

    private static List<String> signalOnParentDeath(Optional<String> setpriv, String signal) {
        return setpriv.map(tool -> List.of(tool, "--pdeathsig", signal)).orElse(List.of());
    }

    /** Returns the command line of a child that runs this command. */
    List<String> commandFor(String... command) {
        return concatenated(prefix, List.of(command));
    }

    /** Returns whether the command line starts a wrapper shell that is the parent of the child and ends with it. */
    boolean usesWrapperShell() {
        return wrapperShell;
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
