package io.flashsale.http.middleware;

import io.flashsale.auth.AccountService;
import io.flashsale.domain.ProductDetails;
import io.flashsale.http.message.RequestJson;
import io.flashsale.openapi.Contract;
import java.util.Map;
import java.util.function.Predicate;

/** The formats of the contract that JSON Schema does not know. The rules themselves are where they belong. */
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

    /** The contract with these formats. */
    public static Contract contract() {
        return Contract.load(RULES);
    }

    /** The same of another text; tests break the contract on purpose with it. */
    public static Contract contract(String text) {
        return Contract.parse(text, RULES);
    }
}
