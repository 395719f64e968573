package io.flashsale.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Holds a script of {@code lua/}: its source, and the SHA-1 by which Redis identifies it.
 *
 * @param name the file's name without its extension, {@code verb-<number of keys>}
 * @param source the file's text
 * @param sha1 in hexadecimal
 * @param keyCount the number of keys the script takes
 */
public record Script(String name, String source, String sha1, int keyCount) {
    /**
     * Reads a script from the jar.
     *
     * @param name such as {@code purchase-7}
     * @throws IllegalArgumentException if there is no such file, or its name does not end in its number of keys
     */
    public static Script load(String name) {
        try (InputStream file = Script.class.getResourceAsStream("/lua/" + name + ".lua")) {
            if (file == null) {
                throw new IllegalArgumentException("no script lua/" + name + ".lua");
            }
            return of(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a script from its text; tests use it for deliberately broken scripts. */
    public static Script of(String name, String source) {
        int keyCount = Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
        return new Script(name, source, sha1(source), keyCount);
    }

    private static String sha1(String source) {
        try {
            // Not for security: Redis names scripts by their SHA-1.
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
