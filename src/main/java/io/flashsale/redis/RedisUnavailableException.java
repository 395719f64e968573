package io.flashsale.redis;

/**
 * Signals that Redis did not answer or does not accept commands.
 *
 * <p>It has no stack trace, since it is thrown for every call during an outage of Redis.
 */
public final class RedisUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    RedisUnavailableException(String message, boolean sent) {
        super(message, null, false, false);
        this.sent = sent;
    }

    /** Creates an exception for a step that was not started because a precondition is not met now. */
    public static RedisUnavailableException nothingSent(String message) {
        return new RedisUnavailableException(message, false);
    }

    /**
     * Returns whether the command may have run: its outcome is then unknown, and not failed. False means that it had no
     * effect.
     */
    public boolean mayHaveRun() {
        return sent;
    }
}
