package io.flashsale.catalog;

/** Signals that another edit has changed the product meanwhile. */
public final class VersionConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VersionConflictException(long version) {
        super("the product is at version " + version, null, false, false);
    }
}
