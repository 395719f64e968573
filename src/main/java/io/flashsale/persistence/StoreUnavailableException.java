package io.flashsale.persistence;

/**
 * Signals that MongoDB did not reply, or not conclusively. A write may have happened nevertheless: its outcome is
 * unknown, not failed.
 *
 * <p>Carries no stack trace, because an outage raises it once per call.
 */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the reason, for the log; never sent to a client
     */
    public StoreUnavailableException(String message) {
        super(message, null, false, false);
    }
}
