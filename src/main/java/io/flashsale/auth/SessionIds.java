package io.flashsale.auth;

import io.flashsale.domain.Hmacs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Session ids: a kind, 256 random bits and a keyed checksum over both. One that was made up is told without asking a
 * store.
 */
final class SessionIds {
    private static final int RANDOM_BYTES = 32;
    private static final int CHECKSUM_BYTES = 16;
    /** The kind, 32 bytes and 16 bytes as base 64. */
    private static final int LENGTH = 1 + 43 + 22;

    private static final char PENDING = 'p';
    private static final char VERIFIED = 'v';

    private final Hmacs checksum;
    private final SecureRandom random = new SecureRandom();

    /**
     * What a well-made id tells without asking a store.
     *
     * @param hash by which the stores know it
     * @param verified whether it was handed out for a code
     */
    record Known(String hash, boolean verified) {}

    SessionIds(byte[] secret) {
        this.checksum = new Hmacs(secret);
    }

    String next(boolean verified) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String body = (verified ? VERIFIED : PENDING) + base64(bytes);
        return body + checksumOf(body);
    }

    Optional<Known> read(String id) {
        if (id.length() != LENGTH || (id.charAt(0) != PENDING && id.charAt(0) != VERIFIED)) {
            return Optional.empty();
        }
        String body = id.substring(0, 1 + 43);
        boolean genuine = MessageDigest.isEqual(
                checksumOf(body).getBytes(StandardCharsets.US_ASCII),
                id.substring(body.length()).getBytes(StandardCharsets.US_ASCII));
        return genuine ? Optional.of(new Known(hash(id), id.charAt(0) == VERIFIED)) : Optional.empty();
    }

    static String hash(String id) {
        return Hmacs.sha256Hex(id);
    }

    private String checksumOf(String body) {
        return base64(Arrays.copyOf(checksum.of("session|" + body), CHECKSUM_BYTES));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
