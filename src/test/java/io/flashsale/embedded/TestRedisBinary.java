package io.flashsale.embedded;

import java.nio.file.Path;
import java.util.List;

/**
 * The server that plays Redis in this run of the tests: the embedded default's, or the one that
 * {@code -Dflashsale.redis.server} names.
 */
public final class TestRedisBinary {
    private static final String CHOSEN = System.getProperty(RedisBinary.SERVER_PROPERTY, "");

    private TestRedisBinary() {}

    /** See {@link RedisBinary#find}. */
    public static Path find(Path folder) {
        return RedisBinary.find(folder);
    }

    /** What hands the choice on to another JVM. */
    public static List<String> jvmArguments() {
        return CHOSEN.isEmpty() ? List.of() : List.of("-D" + RedisBinary.SERVER_PROPERTY + "=" + CHOSEN);
    }

    /** Whether it is Valkey. */
    public static boolean isValkey() {
        return CHOSEN.contains("valkey");
    }
}
