package io.flashsale.catalog;

/** The product was changed by someone else meanwhile. */
public final class VersionConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VersionConflictException(long version) {
        super("the product is at version " + version, null, false, false);
    }
}
