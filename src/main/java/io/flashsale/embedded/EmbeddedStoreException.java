package io.flashsale.embedded;

/** An embedded store cannot be started or stopped; the message is for the operator and says what to do. */
public final class EmbeddedStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedStoreException(String message) {
        super(message);
    }

    EmbeddedStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
