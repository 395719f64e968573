package io.flashsale.embedded;

/** Reports that an embedded store cannot be started or stopped. The message is for operators and says what to do. */
public final class EmbeddedStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedStoreException(String message) {
        super(message);
    }

    EmbeddedStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
