package io.flashsale.http.middleware;

import io.flashsale.auth.AccountService;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.message.RequestJson;
import io.flashsale.openapi.Contract;
import java.util.Map;
import java.util.function.Predicate;

/** Maps the custom formats of the contract to their rules, which the domain and the services define. */
public final class ContractFormats {
    private static final Map<String, Predicate<String>> RULES = Map.of(
            "email-address", AccountService::isEmail,
            "new-password", AccountService::isPassword,
            "currency-code", ProductDetails::isCurrency,
            "instant", RequestJson::isInstant);

    private ContractFormats() {}

    public static Map<String, Predicate<String>> rules() {
        return RULES;
    }

    /** Loads the contract with these formats. */
    public static Contract contract() {
        return Contract.load(RULES);
    }

    /** Parses another text as the contract; for tests that break the contract on purpose. */
    public static Contract contract(String text) {
        return Contract.parse(text, RULES);
    }
}
