package io.flashsale.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a child in a process group of its own.
 *
 * <p>A terminal sends Ctrl-C to every process of the group in the foreground. A store of that group would end before the
 * server that still drains needs it no more.
 */
final class DetachedProcess {
    private static final long POLL_MILLIS = 2;

    /** The child itself, or the shell that waits for it. */
    private final Process launched;

    private final ProcessHandle child;

    private DetachedProcess(Process launched, ProcessHandle child) {
        this.launched = launched;
        this.child = child;
    }

    /**
     * Starts a child. The calling thread must live as long as the child is to live: where the system signals a child at its
     * parent's death, it does so at the death of this thread.
     *
     * @param launcher how this machine gives a child a group of its own
     * @param folder in which the child works
     * @param log to which its output is appended
     * @throws InterruptedException with no child left
     */
    static DetachedProcess start(ProcessLauncher launcher, Path folder, File log, String... command)
            throws IOException, InterruptedException {
        Process launched = new ProcessBuilder(launcher.commandFor(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        if (!launcher.waitsForTheChild()) {
            return new DetachedProcess(launched, launched.toHandle());
        }
        try {
            return new DetachedProcess(launched, awaitChildOf(launched));
        } catch (InterruptedException e) {
            launched.descendants().forEach(ProcessHandle::destroyForcibly);
            launched.destroyForcibly();
            throw e;
        }
    }

    /** A shell that ended already never got a child, or had one that is dead. */
    private static ProcessHandle awaitChildOf(Process shell) throws InterruptedException {
        while (true) {
            Optional<ProcessHandle> child = shell.children().findFirst();
            if (child.isPresent() || !shell.isAlive()) {
                return child.orElseGet(shell::toHandle);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** The child, never the shell. */
    ProcessHandle handle() {
        return child;
    }

    boolean isAlive() {
        return launched.isAlive();
    }

    /** Asks it to end, by SIGTERM. */
    void terminate() {
        child.destroy();
    }

    /** Ends it, by SIGKILL. */
    void kill() {
        child.destroyForcibly();
    }

    /** Waits for its end, and answers its exit code. */
    int waitFor() throws InterruptedException {
        return launched.waitFor();
    }

    /** Waits for its end; false where it still runs then. */
    boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return launched.waitFor(timeout, unit);
    }
}
