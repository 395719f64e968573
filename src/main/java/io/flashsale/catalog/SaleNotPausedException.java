package io.flashsale.catalog;

/** Signals a change that requires a paused sale with an empty outbox. */
public final class SaleNotPausedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SaleNotPausedException() {
        super(
                "perUserLimit can be changed only while the sale is paused and no order is waiting to be saved",
                null,
                false,
                false);
    }
}
