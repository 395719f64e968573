package io.flashsale.cli;

/** Lists the exit codes of the program; 0 is success. */
final class ExitCode {
    /** The command could not run. */
    static final int FAILED = 1;

    /** The command line or the configuration is invalid, so running the command again would fail again. */
    static final int WRONG_USE = 2;

    private ExitCode() {}
}
