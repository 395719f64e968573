package io.flashsale.ratelimit;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits calls to a number within a time window.
 *
 * @param count number of calls admitted per window
 * @param window length of the window
 */
public record RateLimit(int count, Duration window) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})/(\\d{1,5})(s|m|h)");
    private static final Duration LONGEST = Duration.ofHours(24);

    /** Rejects values out of range. */
    public RateLimit {
        if (count < 1) {
            throw new IllegalArgumentException("a limit must allow at least one call");
        }
        if (window.toSeconds() < 1 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a window must be 1s to 24h");
        }
    }

    /**
     * Parses a limit such as {@code 10/60s} or {@code 3/5m}. The result for {@code unlimited} is empty.
     *
     * @throws IllegalArgumentException with a message that describes the expected format
     */
    public static Optional<RateLimit> parse(String text) {
        if (text.equals("unlimited")) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be count/window such as 10/60s or 3/5m, or unlimited");
        }
        long amount = Long.parseLong(parts.group(2));
        Duration window = switch (parts.group(3)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        return Optional.of(new RateLimit(Integer.parseInt(parts.group(1)), window));
    }
}
