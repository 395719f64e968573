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

/** Reads settings by their type, and collects what is wrong with them instead of stopping at the first. */
final class SettingsReader {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB)?");

    private final Settings settings;
    private final List<String> mistakes;
    private final Set<String> mistaken = new HashSet<>();

    SettingsReader(Settings settings) {
        this.settings = settings;
        this.mistakes = settings.mistakes();
    }

    String text(String key) {
        return settings.text(key);
    }

    /** Empty where nothing is set. */
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

    /** A list of {@code name=duration}. */
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
                mistake(key, "must be a list such as limited=5m, evergreen=60m");
                return Map.of();
            }
        }
        return durations;
    }

    Optional<RateLimit> limit(String key) {
        return read(key, RateLimit::parse, null);
    }

    /** A URI of one of these schemes; empty where nothing is set. */
    Optional<URI> uri(String key, Set<String> schemes) {
        String right = "must be a URI that begins with "
                + String.join(
                        " or ",
                        schemes.stream().sorted().map(scheme -> scheme + "://").toList());
        return optional(key).flatMap(text -> {
            try {
                return Optional.of(parseUri(text, schemes));
            } catch (IllegalArgumentException e) {
                mistake(key, right);
                return Optional.empty();
            }
        });
    }

    /** A path of this machine; what is there is nobody's concern here. */
    Optional<Path> path(String key) {
        String text = settings.text(key);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            mistake(key, "must be a path of this system");
            return Optional.empty();
        }
    }

    /**
     * A setting that somebody else judges; empty where nothing is set.
     *
     * @param judge answers what would be right, or empty
     */
    Optional<String> judged(String key, Function<String, Optional<String>> judge) {
        Optional<String> text = optional(key);
        Optional<String> right = text.flatMap(judge);
        right.ifPresent(said -> mistake(key, said));
        return right.isPresent() ? Optional.empty() : text;
    }

    /** One of these words. */
    String oneOf(String key, List<String> words) {
        String text = settings.text(key);
        if (!words.contains(text)) {
            mistake(key, "must be one of " + String.join(", ", words));
        }
        return text;
    }

    /**
     * Builds a record whose constructor refuses what is out of range, with a line for each value.
     *
     * @param prefix of the keys that the record's messages speak of
     * @return null where it was refused
     */
    <T> T build(String prefix, Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            e.getMessage().lines().forEach(message -> refused(prefix, message));
            return null;
        }
    }

    /** The message of a record begins with its component: as a setting it has a path and a value. */
    private void refused(String prefix, String message) {
        String component = message.split(" ", 2)[0];
        // A record may speak of a setting that stands elsewhere: then it names the whole path.
        Optional<String> key =
                Stream.of(prefix + component, component).filter(settings::has).findFirst();
        if (key.isEmpty()) {
            mistakes.add(prefix + "*: " + message);
        } else if (!mistaken.contains(key.get())) {
            mistake(key.get(), message.substring(component.length() + 1));
        }
    }

    /** Whether none of these was found wrong so far. */
    boolean isRight(String... keys) {
        return Stream.of(keys).noneMatch(mistaken::contains);
    }

    void mistake(String key, String right) {
        mistaken.add(key);
        mistakes.add(line(key, right));
    }

    /** Ends with an exception if anything was wrong. */
    void check() {
        if (!mistakes.isEmpty()) {
            throw new ConfigurationException(mistakes);
        }
    }

    private String line(String key, String right) {
        return key + " = " + shown(key) + ": " + right;
    }

    private String shown(String key) {
        String value = settings.text(key);
        if (SettingNames.isAddress(key)) {
            return MaskedUri.of(value);
        }
        return SettingNames.isSecret(key) ? "***" : value;
    }

    /** The default stands in for what cannot be read, so that all the rest is judged too. */
    private <T> T read(String key, Function<String, T> parser, String right) {
        try {
            return parser.apply(settings.text(key));
        } catch (IllegalArgumentException e) {
            mistake(key, right == null ? e.getMessage() : right);
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
        if (duration.compareTo(LONGEST) > 0) {
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
