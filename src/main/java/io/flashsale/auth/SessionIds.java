package io.flashsale.auth;

import io.flashsale.domain.Hmacs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Creates and checks session ids. An id consists of a kind, 256 random bits and a keyed checksum over both, so a forged
 * id is detected without a store.
 */
final class SessionIds {
    private static final int RANDOM_BYTES = 32;
    private static final int CHECKSUM_BYTES = 16;
    /** The length of the kind, and of 32 and 16 bytes in base64. */
    private static final int LENGTH = 1 + 43 + 22;

    private static final char PENDING = 'p';
    private static final char VERIFIED = 'v';

    private final Hmacs checksum;
    private final SecureRandom random = new SecureRandom();

    /**
     * Carries the content of a genuine id.
     *
     * @param hash the id's hash, which is its key in the stores
     * @param verified whether it was issued for a one-time code
     */
    record DecodedId(String hash, boolean verified) {}

    SessionIds(byte[] secret) {
        this.checksum = new Hmacs(secret);
    }

    String generate(boolean verified) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String body = (verified ? VERIFIED : PENDING) + base64(bytes);
        return body + checksumOf(body);
    }

    Optional<DecodedId> decode(String id) {
        if (id.length() != LENGTH || (id.charAt(0) != PENDING && id.charAt(0) != VERIFIED)) {
            return Optional.empty();
        }
        String body = id.substring(0, 1 + 43);
        boolean genuine = MessageDigest.isEqual(
                checksumOf(body).getBytes(StandardCharsets.US_ASCII),
                id.substring(body.length()).getBytes(StandardCharsets.US_ASCII));
        return genuine ? Optional.of(new DecodedId(hash(id), id.charAt(0) == VERIFIED)) : Optional.empty();
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
