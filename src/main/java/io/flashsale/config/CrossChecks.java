package io.flashsale.config;

import io.flashsale.net.ListenAddress;

/** Checks rules between settings of different packages, which do not see each other's settings. */
final class CrossChecks {
    private CrossChecks() {}

    /** Reports contradictions. Skips settings that are already reported as invalid. */
    static void check(SettingsReader reader) {
        ports(reader);
        heartbeat(reader);
    }

    /** Rejects equal ports: within one process, two servers on one port would not fail but share the requests. */
    private static void ports(SettingsReader reader) {
        if (reader.isValid("server.host", "server.port", "management.host", "management.port")
                && address(reader, "server").overlaps(address(reader, "management"))) {
            reader.error(
                    "management.port",
                    "must be another port than server.port; PORT and MANAGEMENT_PORT belong to two servers");
        }
    }

    private static ListenAddress address(SettingsReader reader, String part) {
        return new ListenAddress(reader.text(part + ".host"), reader.integer(part + ".port"));
    }

    /** Checks that live clients are not disconnected as idle: they send nothing, so only the heartbeat prevents it. */
    private static void heartbeat(SettingsReader reader) {
        if (reader.isValid("live.heartbeat", "server.idleTimeout")
                && reader.duration("live.heartbeat").compareTo(reader.duration("server.idleTimeout")) >= 0) {
            reader.error("live.heartbeat", "must be shorter than server.idleTimeout");
        }
    }
}
