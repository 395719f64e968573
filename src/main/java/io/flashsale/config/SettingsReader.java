package io.flashsale.config;

import io.flashsale.ratelimit.RateLimit;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads settings by type and collects all errors instead of stopping at the first. */
final class SettingsReader {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Duration MAX_DURATION = Duration.ofDays(365);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB)?");

    private final Settings settings;
    private final List<String> errors;
    private final Set<String> invalidKeys = new HashSet<>();

    SettingsReader(Settings settings) {
        this.settings = settings;
        this.errors = settings.errors();
    }

    String text(String key) {
        return settings.text(key);
    }

    /** Returns the text of a setting, or empty if it is not set. */
    Optional<String> optional(String key) {
        return Optional.of(settings.text(key)).filter(text -> !text.isEmpty());
    }

    int integer(String key) {
        return read(key, Integer::parseInt, "must be an integer");
    }

    Duration duration(String key) {
        return read(
                key, SettingsReader::parseDuration, "must be a duration such as 250ms, 2s, 5m or 24h, at most 8760h");
    }

    int bytes(String key) {
        return read(key, SettingsReader::parseSize, "must be a size such as 64KiB or 1MiB");
    }

    List<String> list(String key) {
        return Stream.of(settings.text(key).split(",", -1))
                .map(String::trim)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    /** Reads a list of {@code name=duration}. */
    Map<String, Duration> durations(String key) {
        Map<String, Duration> durations = new LinkedHashMap<>();
        for (String entry : list(key)) {
            int equals = entry.indexOf('=');
            try {
                durations.put(
                        entry.substring(0, Math.max(0, equals)).trim(),
                        parseDuration(entry.substring(equals + 1).trim()));
            } catch (IllegalArgumentException e) {
                equals = 0;
            }
            if (equals < 1) {
                error(key, "must be a list such as limited=5m, evergreen=60m");
                return Map.of();
            }
        }
        return durations;
    }

    Optional<RateLimit> limit(String key) {
        return read(key, RateLimit::parse, null);
    }

    /** Reads a URI with one of these schemes; returns empty if it is not set. */
    Optional<URI> uri(String key, Set<String> schemes) {
        String rule = "must be a URI that begins with "
                + String.join(
                        " or ",
                        schemes.stream().sorted().map(scheme -> scheme + "://").toList());
        return optional(key).flatMap(text -> {
            try {
                return Optional.of(parseUri(text, schemes));
            } catch (IllegalArgumentException e) {
                error(key, rule);
                return Optional.empty();
            }
        });
    }

    /** Reads a path of this machine without checking that it exists. */
    Optional<Path> path(String key) {
        String text = settings.text(key);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            error(key, "must be a valid path on this system");
            return Optional.empty();
        }
    }

    /**
     * Reads a setting and checks it with a validator; returns empty if it is not set or invalid.
     *
     * @param validator returns the rule that the value violates, or empty
     */
    Optional<String> validated(String key, Function<String, Optional<String>> validator) {
        Optional<String> text = optional(key);
        Optional<String> violated = text.flatMap(validator);
        violated.ifPresent(rule -> error(key, rule));
        return violated.isPresent() ? Optional.empty() : text;
    }

    /** Reads one of these words. */
    String oneOf(String key, List<String> words) {
        String text = settings.text(key);
        if (!words.contains(text)) {
            error(key, "must be one of " + String.join(", ", words));
        }
        return text;
    }

    /**
     * Builds a record. Its constructor rejects invalid values with a message of one line per value.
     *
     * @param prefix the prefix of the keys that the messages refer to
     * @return null if the constructor rejected a value
     */
    <T> T build(String prefix, Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            e.getMessage().lines().forEach(message -> rejected(prefix, message));
            return null;
        }
    }

    /** Converts a record's message, which begins with the component's name, to an error with key and value. */
    private void rejected(String prefix, String message) {
        String component = message.split(" ", 2)[0];
        // A record names a setting of another section by its full path.
        Optional<String> key =
                Stream.of(prefix + component, component).filter(settings::has).findFirst();
        if (key.isEmpty()) {
            errors.add(prefix + "*: " + message);
        } else if (!invalidKeys.contains(key.get())) {
            error(key.get(), message.substring(component.length() + 1));
        }
    }

    /** Returns whether no error has been found in any of these settings so far. */
    boolean isValid(String... keys) {
        return Stream.of(keys).noneMatch(invalidKeys::contains);
    }

    void error(String key, String rule) {
        invalidKeys.add(key);
        errors.add(line(key, rule));
    }

    /** Throws an exception with all errors, if there are any. */
    void check() {
        if (!errors.isEmpty()) {
            throw new ConfigurationException(errors);
        }
    }

    private String line(String key, String rule) {
        return key + " = " + masked(key) + ": " + rule;
    }

    private String masked(String key) {
        String value = settings.text(key);
        if (SettingNames.isAddress(key)) {
            return MaskedUri.of(value);
        }
        return SettingNames.isSecret(key) ? "***" : value;
    }

    /** Uses the default in place of an invalid value, so that all other settings are checked too. */
    private <T> T read(String key, Function<String, T> parser, String rule) {
        try {
            return parser.apply(settings.text(key));
        } catch (IllegalArgumentException e) {
            error(key, rule == null ? e.getMessage() : rule);
            return parser.apply(Settings.defaults().get(key));
        }
    }

    private static Duration parseDuration(String text) {
        Matcher parts = matched(DURATION, text);
        long amount = Long.parseLong(parts.group(1));
        Duration duration = switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        if (duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException(text);
        }
        return duration;
    }

    private static int parseSize(String text) {
        Matcher parts = matched(SIZE, text);
        long unit = "KiB".equals(parts.group(2)) ? 1_024 : "MiB".equals(parts.group(2)) ? 1_048_576 : 1;
        try {
            return Math.toIntExact(Long.parseLong(parts.group(1)) * unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Matcher matched(Pattern form, String text) {
        Matcher parts = form.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text);
        }
        return parts;
    }

    private static URI parseUri(String text, Set<String> schemes) {
        int colon = text.indexOf("://");
        if (colon < 1 || !schemes.contains(text.substring(0, colon)) || text.length() == colon + 3) {
            throw new IllegalArgumentException("scheme");
        }
        return URI.create(text);
    }
}
