package io.flashsale.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Encodes hashes and random bytes as short names that are safe in Redis keys, paths and file names. */
public final class Digests {
    /** RFC 4648 base 32, in lower case: no character is special in a Redis Cluster hash tag or a URL. */
    private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();

    private static final int ORDER_HASH_BYTES = 20;

    private Digests() {}

    /**
     * Hashes several parts. The same characters split into other parts have another hash.
     *
     * @return 160 bits of SHA-256 as 32 characters
     */
    static String ofParts(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return base32(digest.digest(), ORDER_HASH_BYTES);
    }

    /** Encodes the first {@code length} bytes in base 32, most significant bit first, without padding. */
    public static String base32(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder((length * 8 + 4) / 5);
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < length; i++) {
            buffer = (buffer << 8) | (bytes[i] & 0xff);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET[(buffer >>> bits) & 31]);
            }
        }
        if (bits > 0) {
            text.append(ALPHABET[(buffer << (5 - bits)) & 31]);
        }
        return text.toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
