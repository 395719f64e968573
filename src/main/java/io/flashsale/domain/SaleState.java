package io.flashsale.domain;

import java.time.Instant;
import java.util.Locale;

/** What a buyer finds at the door of a sale. */
public enum SaleState {
    /** Before its opening. */
    SCHEDULED,
    /** Selling. */
    OPEN,
    /** Stopped by an admin for a while. */
    PAUSED,
    /** Nothing left; a cancelled order can open it again. */
    SOLD_OUT,
    /** After its end. */
    CLOSED;

    /**
     * The state, the first that holds of closed, paused, scheduled, sold out, open.
     *
     * @param remaining units left, or null where that is not known just now
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

    /** The name clients see. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
