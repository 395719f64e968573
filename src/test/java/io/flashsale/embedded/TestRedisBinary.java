package io.flashsale.embedded;

import java.nio.file.Path;

/** The Redis of the embedded default, for tests that start it themselves. */
public final class TestRedisBinary {
    private TestRedisBinary() {}

    /** See {@link RedisBinary#find}. */
    public static Path find(Path folder) {
        return RedisBinary.find(folder);
    }
}
