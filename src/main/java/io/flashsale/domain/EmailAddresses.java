package io.flashsale.domain;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * E-mail addresses in one canonical form.
 *
 * <p>ASCII only, the dot-atom form of RFC 5322: letters that merely look alike would be another account.
 */
public final class EmailAddresses {
    private static final int MAX_LENGTH = 254;
    private static final int MAX_LOCAL_LENGTH = 64;
    private static final String ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern FORM = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*@(?:" + LABEL + "\\.)+" + LABEL);

    private EmailAddresses() {}

    /**
     * The canonical form: trimmed, in lower case.
     *
     * @throws InvalidFieldsException for anything that is not an address
     */
    public static String canonical(String text) {
        if (!isAddress(text)) {
            throw new InvalidFieldsException("email", "must be an address such as ada@example.com");
        }
        return trimmed(text);
    }

    /** Whether the text is an address, whatever its case and the blanks around it. */
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
