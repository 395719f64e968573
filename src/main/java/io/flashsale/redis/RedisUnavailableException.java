package io.flashsale.redis;

/**
 * Redis gave no answer.
 *
 * <p>Carries no stack trace: it is thrown once per call while Redis is away, and the calls do not stop coming then.
 */
public final class RedisUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    RedisUnavailableException(String message, boolean sent) {
        super(message, null, false, false);
        this.sent = sent;
    }

    /** For a step that was not begun, since what it needs is not there now. */
    public static RedisUnavailableException nothingSent(String message) {
        return new RedisUnavailableException(message, false);
    }

    /**
     * Whether the command may have run nevertheless: its outcome is then unknown, which is not the same as failed. False
     * means that it never left this process.
     */
    public boolean mayHaveRun() {
        return sent;
    }
}
