package io.flashsale.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a child process in a process group of its own.
 *
 * <p>A terminal sends Ctrl-C to every process of the foreground group. A store in that group would end while the server
 * is still draining and needs it.
 */
final class DetachedProcess {
    private static final long POLL_MILLIS = 2;

    /** The child itself, or the wrapper shell that waits for it. */
    private final Process launched;

    private final ProcessHandle child;

    private DetachedProcess(Process launched, ProcessHandle child) {
        this.launched = launched;
        this.child = child;
    }

    /**
     * Starts a child. The calling thread must outlive the child: a system that signals a child when its parent dies
     * does so when this thread ends.
     *
     * @param launcher builds the command line that puts the child into its own process group
     * @param folder the child's working directory
     * @param log the file to which the child's output is appended
     * @throws InterruptedException if interrupted; no child is left running
     */
    static DetachedProcess start(ProcessLauncher launcher, Path folder, File log, String... command)
            throws IOException, InterruptedException {
        Process launched = new ProcessBuilder(launcher.commandFor(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        if (!launcher.usesWrapperShell()) {
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

    /** Returns the shell itself if it has already ended: then it has no child, or the child is dead. */
    private static ProcessHandle awaitChildOf(Process shell) throws InterruptedException {
        while (true) {
            Optional<ProcessHandle> child = shell.children().findFirst();
            if (child.isPresent() || !shell.isAlive()) {
                return child.orElseGet(shell::toHandle);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns the handle of the child, not of the wrapper shell. */
    ProcessHandle handle() {
        return child;
    }

    boolean isAlive() {
        return launched.isAlive();
    }

    /** Sends SIGTERM to the child. */
    void terminate() {
        child.destroy();
    }

    /** Sends SIGKILL to the child. */
    void kill() {
        child.destroyForcibly();
    }

    /** Waits until the child ends and returns its exit code. */
    int waitFor() throws InterruptedException {
        return launched.waitFor();
    }

    /** Waits until the child ends; returns false if it still runs after the timeout. */
    boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return launched.waitFor(timeout, unit);
    }
}
