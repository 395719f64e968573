package io.flashsale.redis;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which Redis, with which history of data, answers on a connection.
 *
 * <p>Both parts are needed: {@code run_id} changes with every restart but not on a fail-back, {@code master_replid} on
 * both.
 *
 * @param runId changes with every start of the server; empty where the server hides it
 * @param replicationId changes with every promotion; empty where the server hides it
 * @param product what the server calls itself, with its own version: {@code Redis 7.0.15}, {@code Valkey 8.0.1}
 * @param version of Redis that it is compatible with, such as 7.2.4
 * @param evictionPolicy what the server does when its memory is full
 */
public record ServerIdentity(
        String runId, String replicationId, String product, String version, String evictionPolicy) {

    /** Reads what {@code INFO} answers. */
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

    /** Zeros are what a server puts where it has none. */
    private static String id(String field) {
        return field == null || field.chars().allMatch(digit -> digit == '0') ? "" : field;
    }

    /** Redis itself has no {@code server_name}; what was made from it says so, and keeps its own version beside Redis'. */
    private static String product(Map<String, String> fields) {
        String redisVersion = fields.getOrDefault("redis_version", "");
        String name = fields.getOrDefault("server_name", "");
        if (name.isEmpty()) {
            return "Redis " + redisVersion;
        }
        String version = fields.getOrDefault(name + "_version", redisVersion);
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + " " + version;
    }

    /** What the scripts compare with {@code certifiedBy}. */
    public String token() {
        return runId + "/" + replicationId;
    }

    /** Whether it would be noticed that another server, or an older copy of the data, answers. */
    public boolean isIdentified() {
        return !runId.isEmpty() && !replicationId.isEmpty();
    }

    /** Why no sale may rest on this server; empty where one may. */
    public Optional<String> rejection() {
        if (!isIdentified()) {
            return Optional.of("redis.uri names a server (" + product + ") that hides "
                    + (runId.isEmpty() ? "run_id" : "master_replid")
                    + " from INFO, so that nobody could tell a restart or a fail-over that lost data;"
                    + " Redis 7 or newer, or Valkey, is needed");
        }
        if (!isSupported()) {
            return Optional.of("Redis 7 or newer, or Valkey, is needed; redis.uri names " + product);
        }
        return keepsKeysWithoutTtl()
                ? Optional.empty()
                : Optional.of("maxmemory-policy of " + product + " is " + evictionPolicy
                        + "; it must be noeviction or volatile-*, else stock is dropped when its memory is full");
    }

    /** Whether the server can tell the sections of {@code INFO} and functions that the scripts rely on. */
    private boolean isSupported() {
        int dot = version.indexOf('.');
        try {
            return dot > 0 && Integer.parseInt(version.substring(0, dot)) >= 7;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether no key of a sale can be evicted. */
    private boolean keepsKeysWithoutTtl() {
        return evictionPolicy.equals("noeviction") || evictionPolicy.startsWith("volatile-");
    }

    @Override
    public String toString() {
        return product + " " + runId;
    }
}
