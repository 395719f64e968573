package io.flashsale.server;

import io.flashsale.persistence.MongoGateway;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds the options that this program relies on to the operator's connection string. */
public final class MongoUri {
    private MongoUri() {}

    /**
     * Requires that a majority of the replica set acknowledges writes and answers reads, and overrides other settings
     * of these options. Timeouts that the operator did not set are derived from the command timeout.
     */
    public static String withMajority(String uri, MongoGateway.Settings settings) {
        String millis = String.valueOf(settings.commandTimeout().toMillis());
        Map<String, String> options = new LinkedHashMap<>();
        // Slightly shorter than the command timeout, so that an unreachable server is reported with the driver's
        // reason.
        options.put(
                "serverSelectionTimeoutMS",
                String.valueOf(Math.max(1, settings.commandTimeout().toMillis() * 9 / 10)));
        options.put("connectTimeoutMS", millis);
        options.put("waitQueueTimeoutMS", millis);
        // Without it, a network that drops all packets would occupy the pool's connections forever. The command has
        // timed out long before.
        options.put(
                "socketTimeoutMS", String.valueOf(2 * settings.commandTimeout().toMillis()));
        int question = uri.indexOf('?');
        if (question >= 0) {
            for (String option : uri.substring(question + 1).split("&", -1)) {
                if (!option.isEmpty()) {
                    String[] pair = option.split("=", 2);
                    options.put(pair[0], pair.length > 1 ? pair[1] : "");
                }
            }
        }
        options.put("w", "majority");
        options.put("readConcernLevel", "majority");
        String base = question >= 0 ? uri.substring(0, question) : uri;
        String path = base.substring(base.indexOf("://") + 3).contains("/") ? base : base + "/";
        StringBuilder whole = new StringBuilder(path).append('?');
        options.forEach(
                (name, value) -> whole.append(name).append('=').append(value).append('&'));
        return whole.substring(0, whole.length() - 1);
    }
}
