package io.flashsale.domain;

import java.util.regex.Pattern;

/**
 * Generates and validates product ids. They are letters and digits only, to be safe in hash tags, order ids and unit
 * keys.
 */
public final class ProductIds {
    /** 80 random bits. */
    private static final int RANDOM_BYTES = 10;

    private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,32}");

    private ProductIds() {}

    /** Generates a new id that cannot be guessed. */
    public static String random(java.util.random.RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Digests.base32(bytes, RANDOM_BYTES);
    }

    /** Returns whether the text is a valid product id. Other texts can be rejected without a look-up in a store. */
    public static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }
}
