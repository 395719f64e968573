package io.flashsale.persistence;

/**
 * MongoDB gave no answer, or none that counts. A write may have happened nevertheless: its outcome is unknown, not
 * failed.
 *
 * <p>Carries no stack trace: it is thrown once per call while MongoDB is away.
 */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what could not be done.
     *
     * @param message for the log; never shown to a client
     */
    public StoreUnavailableException(String message) {
        super(message, null, false, false);
    }
}
