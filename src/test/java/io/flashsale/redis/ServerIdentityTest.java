package io.flashsale.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {
    private static final String ID = "1f6e1a1c0b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f";

    private static ServerIdentity read(String... lines) {
        return ServerIdentity.parse(String.join("\r\n", lines));
    }

    @Test
    void redisIsIdentified() {
        // when
        ServerIdentity identity = read(
                "# Server",
                "redis_version:7.0.15",
                "run_id:" + ID,
                "# Replication",
                "master_replid:" + ID,
                "maxmemory_policy:noeviction");

        // then
        assertEquals("Redis 7.0.15", identity.product());
        assertEquals(ID + "/" + ID, identity.token());
        assertEquals(Optional.empty(), identity.rejection());
    }

    @Test
    void valkeyIsIdentified() {
        // when
        ServerIdentity identity = read(
                "redis_version:7.2.4",
                "server_name:valkey",
                "valkey_version:8.0.1",
                "run_id:" + ID,
                "master_replid:" + ID,
                "maxmemory_policy:volatile-lru");

        // then
        assertEquals("Valkey 8.0.1 " + ID, identity.toString());
        assertEquals(Optional.empty(), identity.rejection());
    }

    @ParameterizedTest
    @ValueSource(strings = {"run_id", "master_replid"})
    void aServerThatHidesItsIdentityIsRejected(String hidden) {
        for (String instead : new String[] {"# nothing", hidden + ":", hidden + ":" + "0".repeat(40)}) {
            // when
            ServerIdentity identity = read(
                    "redis_version:7.4.0",
                    hidden.equals("run_id") ? instead : "run_id:" + ID,
                    hidden.equals("master_replid") ? instead : "master_replid:" + ID,
                    "maxmemory_policy:noeviction");

            // then
            assertFalse(identity.isIdentified());
            String reason = identity.rejection().orElseThrow();
            assertTrue(reason.contains("(Redis 7.4.0) that hides " + hidden), reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.14", "", "unstable", "x.y.z"})
    void anOldServerIsRejected(String version) {
        // when
        String reason = read(
                        "redis_version:" + version,
                        "run_id:" + ID,
                        "master_replid:" + ID,
                        "maxmemory_policy:noeviction")
                .rejection()
                .orElseThrow();

        // then
        assertEquals("Redis 7 or newer, or Valkey, is needed; redis.uri names Redis " + version, reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allkeys-lru", "allkeys-random", ""})
    void aServerThatMayEvictStockIsRejected(String policy) {
        // when
        String reason = read(
                        "redis_version:7.2.4",
                        "server_name:valkey",
                        "valkey_version:8.0.1",
                        "run_id:" + ID,
                        "master_replid:" + ID,
                        "maxmemory_policy:" + policy)
                .rejection()
                .orElseThrow();

        // then
        assertTrue(reason.startsWith("maxmemory-policy of Valkey 8.0.1 is " + policy + ";"), reason);
    }
}
