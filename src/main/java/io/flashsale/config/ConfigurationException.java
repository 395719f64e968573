package io.flashsale.config;

import java.util.List;
import java.util.regex.Pattern;

/** Reports that the configuration is invalid, with every error in it. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final transient List<String> errors;

    ConfigurationException(List<String> errors) {
        super(String.join("\n", lines(errors)), null, false, false);
        this.errors = lines(errors);
    }

    /** Replaces control characters in values, so that each error stays one line. */
    private static List<String> lines(List<String> errors) {
        return errors.stream()
                .map(error -> CONTROL.matcher(error).replaceAll("?"))
                .toList();
    }

    /** Returns one line per error: the key, its value, and the rule for valid values. Secrets are masked. */
    public List<String> errors() {
        return errors;
    }
}
