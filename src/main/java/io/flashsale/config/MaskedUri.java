package io.flashsale.config;

import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks the secrets in the address of a server.
 *
 * <p>Also masks text that is not a valid URI: a password with an unescaped {@code @}, {@code /} or {@code ?} is the
 * most frequent error, and the message that reports it must not repeat the password. Therefore everything between the
 * scheme and the last {@code @} is hidden, except a plain user name. Without an {@code @}, a host with a mistyped port
 * cannot be distinguished from a user with a password. Then a port that is not a number is shown only after an IP
 * address or
 * {@code localhost}.
 */
public final class MaskedUri {
    private static final String HIDDEN = "***";
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
    private static final Pattern PLAIN_USER = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z]+");
    private static final Pattern CERTAINLY_A_HOST = Pattern.compile("localhost|[0-9.]+|\\[[0-9A-Fa-f:.]+]");
    private static final Pattern NUMBER = Pattern.compile("[0-9]*");
    private static final Set<String> SECRET_WORDS = Set.of("pass", "pwd", "secret", "token", "key", "auth");

    private MaskedUri() {}

    /** Returns the text with {@code ***} in place of everything that may be a secret. */
    public static String of(String uri) {
        Matcher scheme = SCHEME.matcher(uri);
        int start = scheme.lookingAt() ? scheme.end() : 0;
        int at = uri.lastIndexOf('@');
        if (at >= start) {
            String rest = uri.substring(at + 1);
            int end = endOfHosts(rest);
            return uri.substring(0, start)
                    + credentials(uri.substring(start, at))
                    + "@"
                    + rest.substring(0, end)
                    + pathAndOptions(rest.substring(end));
        }
        String rest = uri.substring(start);
        int end = endOfHosts(rest);
        String hosts = rest.substring(0, end);
        String shown = hosts(hosts);
        // The text after a hidden part may belong to the same secret.
        return uri.substring(0, start) + shown + (shown.equals(hosts) ? pathAndOptions(rest.substring(end)) : "");
    }

    private static String credentials(String text) {
        int colon = text.indexOf(':');
        boolean plainUser =
                colon > 0 && PLAIN_USER.matcher(text.substring(0, colon)).matches();
        return plainUser ? text.substring(0, colon + 1) + HIDDEN : HIDDEN;
    }

    private static String hosts(String text) {
        StringJoiner shown = new StringJoiner(",");
        for (String host : text.split(",", -1)) {
            int colon = host.lastIndexOf(':');
            String name = host.substring(0, Math.max(0, colon));
            boolean plain = colon < 0
                    || CERTAINLY_A_HOST.matcher(name).matches()
                    || (colon > 0 && NUMBER.matcher(host.substring(colon + 1)).matches());
            shown.add(plain ? host : name + ":" + HIDDEN);
            if (!plain) {
                break;
            }
        }
        return shown.toString();
    }

    private static String pathAndOptions(String text) {
        int hash = text.indexOf('#');
        if (hash >= 0) {
            return pathAndOptions(text.substring(0, hash)) + "#" + HIDDEN;
        }
        int question = text.indexOf('?');
        if (question < 0) {
            return text;
        }
        StringJoiner shown = new StringJoiner("&", text.substring(0, question + 1), "");
        for (String option : text.substring(question + 1).split("&", -1)) {
            shown.add(option(option));
        }
        return shown.toString();
    }

    private static String option(String option) {
        int equals = option.indexOf('=');
        if (equals < 0 || !PLAIN_NAME.matcher(option.substring(0, equals)).matches()) {
            return option.isEmpty() ? "" : HIDDEN;
        }
        // Searches the value as well, because some clients accept a ; between options.
        String lower = option.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains) ? option.substring(0, equals + 1) + HIDDEN : option;
    }

    private static int endOfHosts(String text) {
        int end = 0;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }
}
