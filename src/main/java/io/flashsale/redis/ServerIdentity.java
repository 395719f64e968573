package io.flashsale.redis;

import java.util.HashMap;
import java.util.Map;

/**
 * Which Redis, with which history of data, answers on a connection.
 *
 * <p>Both parts are needed: {@code run_id} changes with every restart but not on a fail-back, {@code master_replid} on
 * both.
 *
 * @param runId changes with every start of the server
 * @param replicationId changes with every promotion
 * @param version such as 7.0.15
 * @param evictionPolicy what Redis does when its memory is full
 */
public record ServerIdentity(String runId, String replicationId, String version, String evictionPolicy) {

    /** Reads what {@code INFO} answers. */
    static ServerIdentity parse(String info) {
        Map<String, String> fields = new HashMap<>();
        for (String line : info.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return new ServerIdentity(
                fields.getOrDefault("run_id", ""),
                fields.getOrDefault("master_replid", ""),
                fields.getOrDefault("redis_version", ""),
                fields.getOrDefault("maxmemory_policy", ""));
    }

    /** What the scripts compare with {@code certifiedBy}. */
    public String token() {
        return runId + "/" + replicationId;
    }

    /** Whether the server can tell the sections of {@code INFO} and functions that the scripts rely on. */
    public boolean isSupported() {
        int dot = version.indexOf('.');
        return dot > 0 && Integer.parseInt(version.substring(0, dot)) >= 7;
    }

    /** Whether no key of a sale can be evicted. */
    public boolean keepsKeysWithoutTtl() {
        return evictionPolicy.equals("noeviction") || evictionPolicy.startsWith("volatile-");
    }

    @Override
    public String toString() {
        return version + " " + runId;
    }
}
