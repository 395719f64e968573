package io.flashsale.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Extracts the sentence of a failure that helps operators. MongoDB's driver describes an unreachable server in a page
 * of text.
 */
public final class FailureSummary {
    private static final int MAX_LENGTH = 200;
    private static final Pattern CLASS_NAME = Pattern.compile("^(?:[\\w.$]+(?:Exception|Error): )+");

    /** Matches the cause in the driver's description of the cluster. If it names none, {@link #FAILURE} is used. */
    private static final Pattern CAUSE = Pattern.compile("caused by \\{([^{}]+)");

    private static final Pattern FAILURE = Pattern.compile("[eE]xception=\\{?([^{},]+)");
    private static final Pattern TIMEOUT = Pattern.compile("Timeout (\\d+) \\(ms\\) fired");

    private FailureSummary() {}

    /** Returns the sentence, cut after about 200 characters. */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        String sentence =
                found(CAUSE, message).or(() -> found(FAILURE, message)).orElse(message);
        sentence = CLASS_NAME.matcher(sentence.strip()).replaceFirst("");
        sentence = TIMEOUT.matcher(sentence).replaceAll("no answer within $1 ms");
        sentence = sentence.replaceAll("\\s+", " ");
        return sentence.length() <= MAX_LENGTH ? sentence : sentence.substring(0, MAX_LENGTH) + "...";
    }

    private static Optional<String> found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
