package io.flashsale.domain;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Validates e-mail addresses and brings them into one canonical form.
 *
 * <p>Only the ASCII dot-atom form of RFC 5322 is accepted, because an address with look-alike letters would be another
 * account.
 */
public final class EmailAddresses {
    private static final int MAX_LENGTH = 254;
    private static final int MAX_LOCAL_LENGTH = 64;
    private static final String ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern FORM = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*@(?:" + LABEL + "\\.)+" + LABEL);

    private EmailAddresses() {}

    /**
     * Returns the canonical form: trimmed and in lower case.
     *
     * @throws InvalidFieldsException if the text is not an address
     */
    public static String canonical(String text) {
        if (!isAddress(text)) {
            throw new InvalidFieldsException("email", "must be an address such as ada@example.com");
        }
        return trimmed(text);
    }

    /** Returns whether the text is an address; case and surrounding blanks do not matter. */
    public static boolean isAddress(String text) {
        String email = trimmed(text);
        return email.length() <= MAX_LENGTH
                && email.indexOf('@') <= MAX_LOCAL_LENGTH
                && text.chars().allMatch(c -> c < 128)
                && FORM.matcher(email).matches();
    }

    private static String trimmed(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
