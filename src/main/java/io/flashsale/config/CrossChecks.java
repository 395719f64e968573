package io.flashsale.config;

/** Rules that concern settings of several packages, none of which knows the other's. */
final class CrossChecks {
    private CrossChecks() {}

    /** Adds what contradicts itself; a part that was refused already is null, and nothing can be said of it. */
    static void check(Configuration configuration, SettingsReader reader) {
        ports(configuration, reader);
        heartbeat(configuration, reader);
    }

    /** In one process two servers on one port would not fail but take the requests by turns. */
    private static void ports(Configuration configuration, SettingsReader reader) {
        if (configuration.http() != null
                && configuration.management() != null
                && configuration
                        .http()
                        .address()
                        .overlaps(configuration.management().address())) {
            reader.mistake(
                    "management.port",
                    "must be another port than server.port; PORT and MANAGEMENT_PORT are two servers");
        }
    }

    /** Whoever listens to live stock sends nothing; only the heartbeat keeps the connection from being idle. */
    private static void heartbeat(Configuration configuration, SettingsReader reader) {
        if (configuration.http() != null
                && configuration.live() != null
                && configuration
                                .live()
                                .heartbeat()
                                .compareTo(configuration.http().idleTimeout())
                        >= 0) {
            reader.mistake("live.heartbeat", "must be shorter than server.idleTimeout");
        }
    }
}
