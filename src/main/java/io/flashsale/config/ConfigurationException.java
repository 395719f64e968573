package io.flashsale.config;

import java.util.List;

/** The configuration is wrong; names every mistake. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    ConfigurationException(List<String> mistakes) {
        super(String.join("\n", mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    /** A line for each: key, value, what would be right. Secrets are masked. */
    public List<String> mistakes() {
        return mistakes;
    }
}
