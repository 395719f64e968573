package io.flashsale.config;

import io.flashsale.net.ListenAddress;

/** Rules that concern settings of several packages, none of which knows the other's. */
final class CrossChecks {
    private CrossChecks() {}

    /** Adds what contradicts itself; of a setting that is wrong by itself nothing more is said. */
    static void check(SettingsReader reader) {
        ports(reader);
        heartbeat(reader);
    }

    /** In one process two servers on one port would not fail but take the requests by turns. */
    private static void ports(SettingsReader reader) {
        if (reader.isRight("server.host", "server.port", "management.host", "management.port")
                && address(reader, "server").overlaps(address(reader, "management"))) {
            reader.mistake(
                    "management.port",
                    "must be another port than server.port; PORT and MANAGEMENT_PORT are two servers");
        }
    }

    private static ListenAddress address(SettingsReader reader, String part) {
        return new ListenAddress(reader.text(part + ".host"), reader.integer(part + ".port"));
    }

    /** Whoever listens to live stock sends nothing; only the heartbeat keeps the connection from being idle. */
    private static void heartbeat(SettingsReader reader) {
        if (reader.isRight("live.heartbeat", "server.idleTimeout")
                && reader.duration("live.heartbeat").compareTo(reader.duration("server.idleTimeout")) >= 0) {
            reader.mistake("live.heartbeat", "must be shorter than server.idleTimeout");
        }
    }
}
