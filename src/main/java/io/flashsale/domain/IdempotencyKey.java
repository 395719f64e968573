package io.flashsale.domain;

/**
 * The client's name for one intent to buy; every retry of that intent carries it again.
 *
 * <p>See the IETF draft "The Idempotency-Key HTTP Header Field". Scoped to a user and a product.
 *
 * @param value 1 to 255 printable ASCII characters
 */
public record IdempotencyKey(String value) {
    private static final int MAX_LENGTH = 255;

    /** Refuses anything but 1 to 255 printable ASCII characters. */
    public IdempotencyKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("must be 1 to " + MAX_LENGTH + " printable ASCII characters");
        }
    }

    /** Whether the text can be a key. */
    public static boolean isValid(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** What stands in key names in place of the value, whose braces could move the key to another slot. */
    public String hash() {
        return Digests.ofParts(value);
    }
}
