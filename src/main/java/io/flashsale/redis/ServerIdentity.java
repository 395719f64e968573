package io.flashsale.redis;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Identifies the Redis server on a connection, and its replication history.
 *
 * <p>Both parts are needed: {@code run_id} changes with every restart but not on a fail-back, {@code master_replid} on
 * both.
 *
 * @param runId changes with every start of the server; empty if the server hides it
 * @param replicationId changes with every promotion; empty if the server hides it
 * @param product the name and version of the server: {@code Redis 7.0.15}, {@code Valkey 8.0.1}
 * @param version the version of Redis with which the server is compatible, such as 7.2.4
 * @param evictionPolicy {@code maxmemory_policy}: how the server evicts keys when its memory is full
 */
public record ServerIdentity(
        String runId, String replicationId, String product, String version, String evictionPolicy) {

    /** Parses the reply of {@code INFO}. */
    static ServerIdentity parse(String info) {
        Map<String, String> fields = new HashMap<>();
        for (String line : info.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        }
        return new ServerIdentity(
                id(fields.get("run_id")),
                id(fields.get("master_replid")),
                product(fields),
                fields.getOrDefault("redis_version", ""),
                fields.getOrDefault("maxmemory_policy", ""));
    }

    /**
     * Returns the id, or "" if it is missing or all zeros, with which a server replaces an id that it does not have.
     */
    private static String id(String field) {
        return field == null || field.chars().allMatch(digit -> digit == '0') ? "" : field;
    }

    /**
     * Returns the name and version. Redis has no {@code server_name}; its forks do, and their own version beside that
     * of Redis.
     */
    private static String product(Map<String, String> fields) {
        String redisVersion = fields.getOrDefault("redis_version", "");
        String name = fields.getOrDefault("server_name", "");
        if (name.isEmpty()) {
            return "Redis " + redisVersion;
        }
        String version = fields.getOrDefault(name + "_version", redisVersion);
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + " " + version;
    }

    /** Returns the token that the scripts compare with {@code certifiedBy}. */
    public String token() {
        return runId + "/" + replicationId;
    }

    /** Returns whether a change to another server, or to an older copy of the data, can be detected. */
    public boolean isIdentified() {
        return !runId.isEmpty() && !replicationId.isEmpty();
    }

    /** Returns why this server must not be used for sales; empty if it may be. */
    public Optional<String> rejection() {
        if (!isIdentified()) {
            return Optional.of("redis.uri names a server (" + product + ") that hides "
                    + (runId.isEmpty() ? "run_id" : "master_replid")
                    + " from INFO, so that a restart or a fail-over that lost data could not be detected;"
                    + " Redis 7 or newer, or Valkey, is needed");
        }
        if (!isSupported()) {
            return Optional.of("Redis 7 or newer, or Valkey, is needed; redis.uri names " + product);
        }
        return keepsKeysWithoutTtl()
                ? Optional.empty()
                : Optional.of("maxmemory-policy of " + product + " is " + evictionPolicy
                        + "; it must be noeviction or volatile-*, or stock is evicted when its memory is full");
    }

    /** Returns whether the server supports the sections of {@code INFO} and the functions that the scripts use. */
    private boolean isSupported() {
        int dot = version.indexOf('.');
        try {
            return dot > 0 && Integer.parseInt(version.substring(0, dot)) >= 7;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Returns whether keys without a time to live, such as those of a sale, are never evicted. */
    private boolean keepsKeysWithoutTtl() {
        return evictionPolicy.equals("noeviction") || evictionPolicy.startsWith("volatile-");
    }

    @Override
    public String toString() {
        return product + " " + runId;
    }
}
