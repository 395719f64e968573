package io.flashsale.config;

import java.util.List;
import java.util.regex.Pattern;

/** The configuration is wrong; names every mistake. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final transient List<String> mistakes;

    ConfigurationException(List<String> mistakes) {
        super(String.join("\n", lines(mistakes)), null, false, false);
        this.mistakes = lines(mistakes);
    }

    /** A mistake is a line, whatever stands in the value. */
    private static List<String> lines(List<String> mistakes) {
        return mistakes.stream()
                .map(mistake -> CONTROL.matcher(mistake).replaceAll("?"))
                .toList();
    }

    /** A line for each: key, value, what would be right. Secrets are masked. */
    public List<String> mistakes() {
        return mistakes;
    }
}
