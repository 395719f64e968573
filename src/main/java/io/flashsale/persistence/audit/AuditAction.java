package io.flashsale.persistence.audit;

import java.util.Arrays;
import java.util.Optional;

/** Lists the actions that the audit log records. Their wire names are part of the API and must not change. */
public enum AuditAction {
    /** A product was put on sale. */
    PRODUCT_CREATED("product.created"),
    /** A product was changed, or an admin tried to. */
    PRODUCT_UPDATED("product.updated"),
    /** A product was deleted. */
    PRODUCT_DELETED("product.deleted"),
    /** An order was persisted in MongoDB. */
    ORDER_PLACED("order.placed"),
    /** A buyer cancelled an order. */
    ORDER_CANCELLED("order.cancelled"),
    /** An order failed after its buyer was answered "reserved". */
    ORDER_FAILED("order.failed"),
    /** An account was registered, possibly replacing one that was never verified. */
    ACCOUNT_REGISTERED("account.registered"),
    /** After too many wrong passwords, unknown addresses are blocked for a while. */
    ACCOUNT_LOCKED("account.locked"),
    /** A user completed a sign-in with a one-time code. */
    SESSION_OPENED("session.opened"),
    /** A user signed out, of one session or of all. */
    SESSION_ENDED("session.ended"),
    /** A user set a new password. */
    PASSWORD_CHANGED("password.changed"),
    /** A password was reset with a one-time code. */
    PASSWORD_RESET("password.reset"),
    /** The sale of a product was rebuilt from MongoDB. */
    SALE_RECOVERED("sale.recovered"),
    /** Units on which the stores disagreed were repaired. */
    UNIT_REPAIRED("unit.repaired"),
    /** An order was dead-lettered, because MongoDB rejects it permanently. */
    ORDER_DEAD_LETTERED("dead-letter.put-aside"),
    /** An admin retried a dead letter. */
    DEAD_LETTER_RETRIED("dead-letter.retried"),
    /** An admin discarded a dead letter. */
    DEAD_LETTER_DISCARDED("dead-letter.discarded");

    private final String wireName;

    AuditAction(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the name used in the API and in MongoDB. */
    public String wireName() {
        return wireName;
    }

    /** Returns the action with this wire name, if there is one. */
    public static Optional<AuditAction> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(action -> action.wireName.equals(name))
                .findFirst();
    }
}
