package io.flashsale.server;

import io.flashsale.persistence.MongoGateway;
import java.util.LinkedHashMap;
import java.util.Map;

/** The connection string that the client is given: the operator's, with what this program relies on. */
public final class MongoUri {
    private MongoUri() {}

    /**
     * Writes are acknowledged and reads are answered by a majority of the replica set, whatever else is configured; time-
     * outs that the operator did not set follow the command time-out.
     */
    public static String withMajority(String uri, MongoGateway.Settings settings) {
        String millis = String.valueOf(settings.commandTimeout().toMillis());
        Map<String, String> options = new LinkedHashMap<>();
        // A little sooner than the command's own, so that a server that is away is reported with the driver's reason.
        options.put(
                "serverSelectionTimeoutMS",
                String.valueOf(Math.max(1, settings.commandTimeout().toMillis() * 9 / 10)));
        options.put("connectTimeoutMS", millis);
        options.put("waitQueueTimeoutMS", millis);
        // A network that swallows everything would keep the pool's connections for ever; nobody waits for an answer by
        // then.
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
