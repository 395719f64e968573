package io.flashsale.config;

import java.util.Optional;

/**
 * Judges what only the clients of the stores can judge, by their own parsers. The composition hands it in, since this
 * package knows no client.
 *
 * <p>Every answer says what would be right, or is empty where the value is fine. It never repeats the value, which may hold
 * a password. Nothing is looked up and nothing is connected to.
 */
public interface StoreSettingsValidator {
    /** Judges the address of Redis. */
    Optional<String> redisUri(String uri);

    /** Judges the address of MongoDB. */
    Optional<String> mongodbUri(String uri);

    /** Judges the name of the database in MongoDB. */
    Optional<String> mongodbDatabase(String name);
}
