package io.flashsale.domain;

/**
 * Identifies one intent to buy. The client chooses the key and sends it again with every retry of that intent.
 *
 * <p>A key is scoped to a user and a product. See the IETF draft "The Idempotency-Key HTTP Header Field".
 *
 * @param value 1 to 255 printable ASCII characters
 */
public record IdempotencyKey(String value) {
    private static final int MAX_LENGTH = 255;

    /** Rejects anything but 1 to 255 printable ASCII characters. */
    public IdempotencyKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("must be 1 to " + MAX_LENGTH + " printable ASCII characters");
        }
    }

    /** Returns whether the text is a valid key. */
    public static boolean isValid(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /**
     * Hashes the value for use in Redis key names, where braces in the value could move the key to another hash slot.
     */
    public String hash() {
        return Digests.ofParts(value);
    }
}
