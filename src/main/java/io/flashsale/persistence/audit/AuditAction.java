package io.flashsale.persistence.audit;

import java.util.Arrays;
import java.util.Optional;

/** What the audit log knows of. The names are a promise to whoever reads it. */
public enum AuditAction {
    /** A product was put on sale. */
    PRODUCT_CREATED("product.created"),
    /** A product was changed, or an admin tried to. */
    PRODUCT_UPDATED("product.updated"),
    /** A product was taken off the list. */
    PRODUCT_DELETED("product.deleted"),
    /** MongoDB holds an order. */
    ORDER_PLACED("order.placed"),
    /** A buyer gave an order back. */
    ORDER_CANCELLED("order.cancelled"),
    /** A buyer had been told "reserved", and it came to nothing. */
    ORDER_FAILED("order.failed"),
    /** An account was made, or made over one that nobody had verified. */
    ACCOUNT_REGISTERED("account.registered"),
    /** Too many wrong passwords: addresses that the account does not know are refused for a while. */
    ACCOUNT_LOCKED("account.locked"),
    /** A code was entered. */
    SESSION_OPENED("session.opened"),
    /** A user signed out, here or everywhere. */
    SESSION_ENDED("session.ended"),
    /** A user set a new password. */
    PASSWORD_CHANGED("password.changed"),
    /** Somebody with a code set a new password. */
    PASSWORD_RESET("password.reset"),
    /** The sale of a product was rebuilt from MongoDB. */
    SALE_RECOVERED("sale.recovered"),
    /** Units on which the stores disagreed were put right. */
    UNIT_REPAIRED("unit.repaired"),
    /** MongoDB refuses an order for good. */
    DEAD_LETTER_PUT_ASIDE("dead-letter.put-aside"),
    /** An admin had MongoDB asked once more. */
    DEAD_LETTER_RETRIED("dead-letter.retried"),
    /** An admin ended an order that MongoDB refuses. */
    DEAD_LETTER_DISCARDED("dead-letter.discarded");

    private final String wireName;

    AuditAction(String wireName) {
        this.wireName = wireName;
    }

    /** The name clients and MongoDB see. */
    public String wireName() {
        return wireName;
    }

    /** The action of that name, if there is one. */
    public static Optional<AuditAction> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(action -> action.wireName.equals(name))
                .findFirst();
    }
}
