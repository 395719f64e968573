package io.flashsale.catalog;

/** A change that only a paused sale with an empty outbox may have. */
public final class SaleNotPausedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SaleNotPausedException() {
        super("perUserLimit changes only while the sale is paused and no order of it waits", null, false, false);
    }
}
