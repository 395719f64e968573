package io.flashsale.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Maps the names of settings between file and environment, and marks those that are secret. */
final class SettingNames {
    static final String PREFIX = "FLASHSALE_";

    /** The variable that names the operator's file. It is not a setting itself. */
    static final String FILE = "FLASHSALE_CONFIG";

    static final Map<String, String> SHORT = Map.of(
            "HOST", "server.host",
            "PORT", "server.port",
            "MANAGEMENT_PORT", "management.port",
            "REDIS_URI", "redis.uri",
            "MONGODB_URI", "mongodb.uri",
            "DATA_DIR", "embedded.dataDir",
            "ADMIN_EMAIL", "admin.email",
            "ADMIN_PASSWORD", "admin.password",
            "SMTP_URI", "smtp.uri");

    private static final Set<String> ADDRESSES = Set.of("redis.uri", "mongodb.uri", "smtp.uri");
    private static final Set<String> SECRETS = Set.of("admin.password");

    private SettingNames() {}

    /** Converts a key to its environment variable: {@code gate.bcryptCost} to {@code FLASHSALE_GATE_BCRYPT_COST}. */
    static String inEnvironment(String key) {
        return PREFIX
                + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Returns whether the setting is the address of a server, which may contain a password. */
    static boolean isAddress(String key) {
        return ADDRESSES.contains(key);
    }

    static boolean isSecret(String key) {
        return SECRETS.contains(key);
    }
}
