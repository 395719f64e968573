package io.flashsale.domain;

import java.time.Instant;
import java.util.Locale;

/** Lists the states of a sale as shown to buyers. */
public enum SaleState {
    /** The sale has not opened yet. */
    SCHEDULED,
    /** Units are on sale. */
    OPEN,
    /** An admin has paused the sale. */
    PAUSED,
    /** No units are left; a cancellation can reopen the sale. */
    SOLD_OUT,
    /** The sale has ended. */
    CLOSED;

    /**
     * Determines the state: the first that applies of closed, paused, scheduled, sold out, open.
     *
     * @param remaining units left, or null if currently unknown
     */
    public static SaleState of(Product product, Long remaining, Instant now) {
        ProductDetails details = product.details();
        if (product.deleted() || (details.closesAt() != null && !now.isBefore(details.closesAt()))) {
            return CLOSED;
        }
        if (details.paused()) {
            return PAUSED;
        }
        if (details.opensAt() != null && now.isBefore(details.opensAt())) {
            return SCHEDULED;
        }
        return remaining != null && remaining <= 0 ? SOLD_OUT : OPEN;
    }

    /** Returns the name in the API. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
