package io.flashsale.faults.checker;

import io.flashsale.faults.checker.Call.Kind;
import io.flashsale.faults.checker.Call.Outcome;
import java.util.Set;

/** A buyer is refused only for a reason that there was. */
public final class RefusalRules {
    /** What a buyer may be told of a product that is open, for a request that is well made. */
    private static final Set<String> POSSIBLE =
            Set.of("sold-out", "insufficient-stock", "purchase-limit-reached", "idempotency-key-reused");

    /** Keys that begin so are of buyers who hold nothing, while units are free and nothing is broken. */
    public static final String SURE = "sure-";

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
            if (call.key().startsWith(SURE)) {
                judged.violate("locked out", call.code() + " for " + call.request() + ", and units are free");
            }
            nothingWasLeft(call);
            theBuyerHadTheirUnits(call);
        }
    }

    /** At some instant within the call fewer units were free than were asked for, or none. */
    private void nothingWasLeft(Call call) {
        boolean soldOut = call.code().equals("sold-out");
        if (soldOut || call.code().equals("insufficient-stock")) {
            int held = holdings.atMost(call);
            int onSale = holdings.leastOnSale(call);
            if (held + (soldOut ? 1 : call.quantity()) <= onSale) {
                judged.violate(
                        "sold out", "at the most " + held + " of " + onSale + " were held, for " + call.request());
            }
        }
    }

    /** At some instant within the call the buyer held so many units that these would have been too many. */
    private void theBuyerHadTheirUnits(Call call) {
        int limit = judged.snapshot().limit();
        if (call.code().equals("purchase-limit-reached")) {
            int held = holdings.atMostOfItsBuyer(call);
            if (limit != 0 && held + call.quantity() > limit) {
                return;
            }
            if (limit > 1 && held > 0 && judged.mayHaveForgotten(call)) {
                judged.count(KnownViolation.FORGOTTEN_ORDER_COUNTS_AS_USED_LIMIT);
            } else {
                judged.violate(
                        "limit told", "at the most " + held + " units of " + limit + " were held by " + call.request());
            }
        }
    }
}
