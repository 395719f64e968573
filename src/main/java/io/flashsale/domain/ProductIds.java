package io.flashsale.domain;

import java.util.regex.Pattern;

/** Product ids: letters and digits only, since they stand inside Redis hash tags, order ids and unit keys. */
public final class ProductIds {
    /** 80 random bits. */
    private static final int RANDOM_BYTES = 10;

    private static final Pattern FORM = Pattern.compile("[a-z0-9]{1,32}");

    private ProductIds() {}

    /** A new id that nobody can guess. */
    public static String random(java.util.random.RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Digests.base32(bytes, RANDOM_BYTES);
    }

    /** Whether the text could be a product's id; anything else is unknown without asking a store. */
    public static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }
}
