package io.flashsale.config;

import java.util.Optional;

/**
 * Checks settings with the parsers of the stores' clients. The {@code server} package passes in the implementation,
 * because this package must not depend on a client.
 *
 * <p>Each method returns the rule that the value violates, or empty if the value is valid. The rule never repeats the
 * value, which may contain a password. No method resolves a name or opens a connection.
 */
public interface StoreSettingsValidator {
    /** Checks the address of Redis. */
    Optional<String> redisUri(String uri);

    /** Checks the address of MongoDB. */
    Optional<String> mongodbUri(String uri);

    /** Checks the name of the database in MongoDB. */
    Optional<String> mongodbDatabase(String name);
}
