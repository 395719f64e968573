package io.flashsale.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one sentence of a failure that helps an operator; what MongoDB's driver says of a server that is away is a page. */
public final class FailureSummary {
    private static final int MAX_LENGTH = 200;
    private static final Pattern CLASS_NAME = Pattern.compile("^(?:[\\w.$]+(?:Exception|Error): )+");

    /** In the driver's description of the cluster: the cause if it names one, else the failure itself. */
    private static final Pattern CAUSE = Pattern.compile("caused by \\{([^{}]+)");

    private static final Pattern FAILURE = Pattern.compile("[eE]xception=\\{?([^{},]+)");
    private static final Pattern TIMEOUT = Pattern.compile("Timeout (\\d+) \\(ms\\) fired");

    private FailureSummary() {}

    /** The sentence, at most some 200 characters of it. */
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
