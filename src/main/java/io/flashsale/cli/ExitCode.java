package io.flashsale.cli;

/** What the program ends with; 0 is success. */
final class ExitCode {
    /** The command could not run. */
    static final int FAILED = 1;

    /** The command line or the configuration is wrong: running it again changes nothing. */
    static final int WRONG_USE = 2;

    private ExitCode() {}
}
