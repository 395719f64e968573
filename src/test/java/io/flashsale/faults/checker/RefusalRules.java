package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.Set;

/** Checks that every refusal of a buyer had a valid reason. */
public final class RefusalRules {
    /** Codes with which a valid purchase of an open product may be refused. */
    private static final Set<String> POSSIBLE =
            Set.of("sold-out", "insufficient-stock", "purchase-limit-reached", "idempotency-key-reused");

    /**
     * Prefix of keys under which a purchase must succeed: the buyer holds nothing, units are free and nothing is
     * broken.
     */
    public static final String MUST_SUCCEED = "must-succeed-";

    private final Checker.Case judged;
    private final Holdings holdings;

    RefusalRules(Checker.Case judged) {
        this.judged = judged;
        this.holdings = new Holdings(judged);
    }

    void check() {
        for (Call call : judged.calls()) {
            if (call.status() == 500) {
                judged.violate("internal", call.body());
            }
            if (call.kind() != Kind.BUY || call.outcome() != Outcome.FAIL) {
                continue;
            }
            if (!POSSIBLE.contains(call.code())) {
                judged.violate("refusal", call.status() + " " + call.code() + " for " + call.request());
            }
            if (call.key().startsWith(MUST_SUCCEED)) {
                judged.violate("locked out", call.code() + " for " + call.request() + ", and units are free");
            }
            nothingWasLeft(call);
            theLimitWasReached(call);
        }
    }

    /** Checks that at some instant within the call fewer units were free than requested, or none. */
    private void nothingWasLeft(Call call) {
        boolean soldOut = call.code().equals("sold-out");
        if (soldOut || call.code().equals("insufficient-stock")) {
            int held = holdings.atMost(call);
            int onSale = holdings.leastOnSale(call);
            if (held + (soldOut ? 1 : call.quantity()) <= onSale) {
                judged.violate(
                        "sold out", "at most " + held + " of " + onSale + " units were held, for " + call.request());
            }
        }
    }

    /**
     * Checks that at some instant within the call the buyer held so many units that the requested ones exceeded the
     * limit.
     */
    private void theLimitWasReached(Call call) {
        int limit = judged.snapshot().limit();
        if (call.code().equals("purchase-limit-reached")) {
            int held = holdings.atMostOfItsBuyer(call);
            if (limit != 0 && held + call.quantity() > limit) {
                return;
            }
            if (limit > 1 && held > 0 && judged.mayHaveLostData(call)) {
                judged.count(KnownViolation.LOST_ORDER_COUNTS_TOWARDS_LIMIT);
            } else {
                judged.violate(
                        "limit told", "at most " + held + " units of " + limit + " were held by " + call.request());
            }
        }
    }
}
