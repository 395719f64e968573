package io.flashsale.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.ratelimit.Action;
import io.flashsale.ratelimit.RateLimit;
import io.flashsale.server.DriverValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    @TempDir
    Path folder;

    private static Configuration read(Map<String, String> environment) {
        return Configuration.read(environment, new DriverValidator());
    }

    private static List<String> mistakes(Map<String, String> environment) {
        return assertThrows(ConfigurationException.class, () -> read(environment))
                .errors();
    }

    @Test
    void theDefaultsAreValid() {
        Configuration configuration = read(Map.of());
        assertEquals(3_000, configuration.http().port());
        assertEquals(65_536, configuration.http().maxBodyBytes());
        assertFalse(configuration.http().secureCookies());
        assertTrue(configuration.stores().isEmpty());
        assertEquals(
                new RateLimit(10, Duration.ofSeconds(60)),
                configuration.limits().byUser().get(Action.PURCHASE));
        assertFalse(configuration.limits().byUser().containsKey(Action.READ));
    }

    @Test
    void theEnvironmentComesAfterTheFileAndTheFileAfterTheDefaults() throws IOException {
        // given
        Path file = folder.resolve("shop.yaml");
        Files.writeString(file, "server:\n  port: 4000\nlimits:\n  purchase:\n    user: 3/5m\n");

        // when
        Configuration fromFile = read(Map.of("FLASHSALE_CONFIG", file.toString()));
        Configuration overridden = read(Map.of(
                "FLASHSALE_CONFIG", file.toString(), "PORT", "5000", "FLASHSALE_LIMITS_PURCHASE_USER", "unlimited"));

        // then
        assertEquals(4_000, fromFile.http().port());
        assertEquals(
                new RateLimit(3, Duration.ofMinutes(5)),
                fromFile.limits().byUser().get(Action.PURCHASE));
        assertEquals(5_000, overridden.http().port());
        assertFalse(overridden.limits().byUser().containsKey(Action.PURCHASE));
    }

    @Test
    void everySettingHasAnEnvironmentName() {
        for (Map.Entry<String, String> setting : Settings.defaults().entrySet()) {
            String name = SettingNames.inEnvironment(setting.getKey());
            assertEquals("a value", Settings.read(Map.of(name, "a value")).text(setting.getKey()), name);
        }
        assertEquals("FLASHSALE_GATE_BCRYPT_COST", SettingNames.inEnvironment("gate.bcryptCost"));
        assertEquals("FLASHSALE_LIMITS_PURCHASE_USER", SettingNames.inEnvironment("limits.purchase.user"));
    }

    @Test
    void theExampleListsEverySetting() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of(".env.example"))) {
            if (line.matches("#?[A-Z_]+=.*")) {
                listed.add(line.replaceFirst("^#", "").split("=", 2)[0]);
            }
        }
        Set<String> expected = new TreeSet<>(SettingNames.SHORT.keySet());
        expected.add(SettingNames.FILE);
        Settings.defaults().keySet().stream()
                .filter(key -> !SettingNames.SHORT.containsValue(key))
                .forEach(key -> expected.add(SettingNames.inEnvironment(key)));
        assertEquals(expected, listed);
    }

    @Test
    void tellsEveryMistakeAtOnceWithKeyValueAndWhatWouldBeRight() throws IOException {
        // given
        Path file = folder.resolve("shop.yaml");
        Files.writeString(file, "server:\n  prot: 4000\n  maxBodySize: huge\npurchase:\n  answerTtl: 1h\n");

        // when
        List<String> mistakes = mistakes(Map.of(
                "FLASHSALE_CONFIG", file.toString(),
                "PORT", "x",
                "FLASHSALE_GATE_BCRYPT_COST", "3",
                "FLASHSALE_LIMITS_OTP_USER", "3",
                "FLASHSALE_PROXIES_TRUSTED", "10.0.0.0/99",
                "FLASHSALE_NO_SUCH", "1",
                "FLASHSALE_SERVER_TLS_KEY", "/no/such/file"));

        // then
        for (String expected : List.of(
                "server.prot: is not a setting; did you mean server.port?",
                "server.maxBodySize = huge: must be a size such as 64KiB or 1MiB",
                "server.port = x: must be an integer",
                "purchase.answerTtl = 1h: must be at least 24h",
                "gate.bcryptCost = 3: must be 4 to 16",
                "limits.otp.user = 3: must be count/window such as 10/60s or 3/5m, or unlimited",
                "proxies.trusted = 10.0.0.0/99: the prefix of 10.0.0.0/99 must be 0 to 32",
                "FLASHSALE_NO_SUCH: is not a setting",
                "server.tls.key = /no/such/file: must name a readable PEM file",
                "server.tls.certificate = : certificate and key go together: set both or neither")) {
            assertTrue(mistakes.contains(expected), () -> expected + "\nnot in\n" + String.join("\n", mistakes));
        }
    }

    /** An environment, and the line that it has to cause. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HOST=not a host | server.host = not a host: must be an IP address or a host name, such as 0.0.0.0 or ::1",
                "HOST= | server.host = : must be an IP address or a host name",
                "PORT=65536 | server.port = 65536: must be 0 to 65535",
                "PORT=9090 | management.port = 9090: must be another port than server.port",
                "FLASHSALE_MANAGEMENT_HOST=10.0.0.256 | management.host = 10.0.0.256: must be an IP address",
                "FLASHSALE_SERVER_MAX_BODY_SIZE=1B | server.maxBodySize = 1B: must be 1KiB to 64MiB",
                "FLASHSALE_SERVER_MAX_HEADER_SIZE=2047MiB | server.maxHeaderSize = 2047MiB: must be 1KiB to 1MiB",
                "FLASHSALE_SERVER_IDLE_TIMEOUT=0s | server.idleTimeout = 0s: must be 1s to 1h",
                "FLASHSALE_SERVER_IDLE_TIMEOUT=999999999h | server.idleTimeout = 999999999h: must be a duration",
                "FLASHSALE_SERVER_IDLE_TIMEOUT=10s | live.heartbeat = 15s: must be shorter than server.idleTimeout",
                "FLASHSALE_SERVER_DRAIN_TIMEOUT=2h | server.drainTimeout = 2h: must be at most 1h",
                "FLASHSALE_CORS_ORIGINS=https://a.example/ | cors.origins = https://a.example/: must be origins",
                "FLASHSALE_CORS_ORIGINS=* | cors.origins = *: must be origins as browsers send them",
                "FLASHSALE_INSTANCES_HTTP=0 | instances.http = 0: must be 1 to 256",
                "FLASHSALE_REDIS_COMMAND_TIMEOUT=0ms | redis.commandTimeout = 0ms: must be 1ms to 1h",
                "FLASHSALE_REDIS_RECONNECT_MAX=1ms | redis.reconnectMax = 1ms: must be reconnectMin to 1h",
                "FLASHSALE_MONGODB_COMMAND_TIMEOUT=24h | mongodb.commandTimeout = 24h: must be 1ms to 1h",
                "FLASHSALE_MONGODB_DATABASE= | mongodb.database = : must be 1 to 63 bytes",
                "FLASHSALE_MONGODB_DATABASE=local | mongodb.database = local: must not be one of MongoDB's system databases",
                "DATA_DIR= | embedded.dataDir = : must name a folder",
                "DATA_DIR=a\u0000b | embedded.dataDir = a?b: must be a valid path on this system",
                "FLASHSALE_SERVER_TLS_KEY=a\u0000b | server.tls.key = a?b: must be a valid path on this system",
                "FLASHSALE_CONFIG=a\u0000b | FLASHSALE_CONFIG = a?b: must name a readable file",
                "FLASHSALE_PURCHASE_CONFIRM_TIMEOUT=0s | purchase.confirmTimeout = 0s: must be 1ms to 1h",
                "FLASHSALE_PERSISTENCE_MAX_QUEUED=1 | persistence.maxQueued = 1: must be at least maxBatch",
                "FLASHSALE_PERSISTENCE_STALL=2h | persistence.stall = 2h: must be 10ms to 1h",
                "FLASHSALE_RECONCILE_INTERVAL=0s | reconcile.interval = 0s: must be 10ms to 1h",
                "FLASHSALE_LIVE_HEARTBEAT=0s | live.heartbeat = 0s: must be 100ms to 1h",
                "FLASHSALE_GATE_SESSION_PENDING=0s | gate.sessionPending = 0s: must be at least 1s",
                "FLASHSALE_GATE_SESSION_ABSOLUTE=1h | gate.sessionAbsolute = 1h: must not be below sessionIdle",
                "FLASHSALE_GATE_FAILED_LOGINS=unlimited | gate.failedLogins = unlimited: must be a limit such as 50/15m",
                "FLASHSALE_LIMITS_LOGIN_IP=0/1s | limits.login.ip = 0/1s: a limit must allow at least one call",
                "FLASHSALE_SMTP_FROM=nobody | smtp.from = nobody: must be a sender such as no-reply@example.com",
                "FLASHSALE_SMTP_TIMEOUT=soon | smtp.timeout = soon: must be a duration",
                "SMTP_URI=mail.example.com:25 | smtp.uri = mail.example.com:25: must be a URI that begins with smtp://",
                "SMTP_URI=smtp://u:hunter2@mail:99999 | smtp.uri = smtp://u:***@mail:99999: must have a port of 1 to",
                "SMTP_URI=smtp://mail?starttls=requird | smtp.uri = smtp://mail?starttls=requird: may have one option",
                "ADMIN_EMAIL=nobody | admin.email = nobody: must be an e-mail address such as admin@example.com",
                "ADMIN_PASSWORD=hunter2 | admin.password = ***: must have 10 to 72 characters",
                "FLASHSALE_LOG_LEVEL=info | log.level = info: must be one of ERROR, WARN, INFO, DEBUG",
            })
    void everySettingIsJudged(String setting, String line) {
        // when
        String[] pair = setting.replace("\\u0000", "\0").split("=", 2);
        List<String> mistakes = mistakes(Map.of(pair[0], pair[1]));

        // then
        assertTrue(mistakes.stream().anyMatch(mistake -> mistake.startsWith(line)), mistakes::toString);
        assertTrue(mistakes.stream().noneMatch(mistake -> mistake.contains("hunter2")), mistakes::toString);
    }

    @Test
    void whatIsWrongInOneRecordIsToldAtOnce() {
        assertEquals(
                List.of(
                        "redis.commandTimeout = soon: must be a duration such as 250ms, 2s, 5m or 24h, at most 8760h",
                        "redis.maxInFlight = 0: must be 1 to 60000",
                        "redis.heartbeat = 0s: must be 1ms to 1h",
                        "server.host = a b: must be an IP address or a host name, such as 0.0.0.0 or ::1",
                        "live.heartbeat = 60s: must be shorter than server.idleTimeout"),
                mistakes(Map.of(
                        "FLASHSALE_REDIS_COMMAND_TIMEOUT", "soon",
                        "FLASHSALE_REDIS_MAX_IN_FLIGHT", "0",
                        "FLASHSALE_REDIS_HEARTBEAT", "0s",
                        "HOST", "a b",
                        "FLASHSALE_LIVE_HEARTBEAT", "60s")));
    }

    @Test
    void aServerOnEveryAddressAndOneOnLoopbackCannotShareAPort() {
        String mistake =
                "management.port = 3000: must be another port than server.port; PORT and MANAGEMENT_PORT belong to two"
                        + " servers";
        assertEquals(List.of(mistake), mistakes(Map.of("MANAGEMENT_PORT", "3000")));
        assertEquals(0, read(Map.of("PORT", "0", "MANAGEMENT_PORT", "0")).http().port());
        Configuration apart = read(Map.of("HOST", "10.0.0.1", "PORT", "3000", "MANAGEMENT_PORT", "3000"));
        assertEquals(3_000, apart.management().port());
    }

    @Test
    void theLogLevelIsKnownBeforeTheRestIsRead() {
        assertEquals("DEBUG", Configuration.logLevel(Map.of("FLASHSALE_LOG_LEVEL", "DEBUG", "PORT", "x")));
        assertEquals("INFO", Configuration.logLevel(Map.of("FLASHSALE_LOG_LEVEL", "loud")));
    }

    @Test
    void oneStoreWithoutTheOtherIsRefused() {
        assertTrue(mistakes(Map.of("REDIS_URI", "redis://localhost"))
                .get(0)
                .contains("REDIS_URI and MONGODB_URI go together"));
        assertTrue(mistakes(Map.of("MONGODB_URI", "mongodb://localhost"))
                .get(0)
                .contains("REDIS_URI and MONGODB_URI go together"));
    }

    @Test
    void realStoresAskForASafeCost() {
        Map<String, String> stores = Map.of(
                "REDIS_URI", "rediss://:pw@redis:6379",
                "MONGODB_URI", "mongodb://u:pw@a,b,c/?replicaSet=rs0",
                "FLASHSALE_GATE_BCRYPT_COST", "9");
        assertEquals(List.of("gate.bcryptCost = 9: must be 10 to 16"), mistakes(stores));
    }

    @Test
    void theCacheTakesTimesByType() {
        // when
        Configuration configuration = read(Map.of("FLASHSALE_CACHE_TTL_BY_TYPE", "limited=5m, evergreen = 60m"));

        // then
        assertEquals(
                Map.of("limited", Duration.ofMinutes(5), "evergreen", Duration.ofMinutes(60)),
                configuration.catalog().ttlByType());
        assertEquals(List.of("cache.ttl = 1m: must be 5m to 60m"), mistakes(Map.of("FLASHSALE_CACHE_TTL", "1m")));
        for (String wrong : List.of("5m", "=5m", "limited=", "limited=soon")) {
            assertEquals(
                    List.of("cache.ttlByType = " + wrong + ": must be a list such as limited=5m, evergreen=60m"),
                    mistakes(Map.of("FLASHSALE_CACHE_TTL_BY_TYPE", wrong)));
        }
    }

    @Test
    void secretsAreNeverTold() {
        List<String> mistakes = mistakes(Map.of(
                "REDIS_URI", "http://:hunter2@redis", "MONGODB_URI", "mongodb://x", "ADMIN_PASSWORD", "hunter2"));
        assertTrue(mistakes.stream().noneMatch(line -> line.contains("hunter2")), mistakes::toString);
        Configuration configuration = read(Map.of(
                "REDIS_URI", "redis://:hunter2@redis",
                "MONGODB_URI", "mongodb://u:hunter2@mongo",
                "SMTP_URI", "smtp://u:hunter2@mail",
                "ADMIN_EMAIL", "a@example.com",
                "ADMIN_PASSWORD", "hunter2hunter2"));
        assertFalse(configuration.toString().contains("hunter2"), configuration.toString());
    }

    @Test
    void aFileThatIsNoneIsRefused() throws IOException {
        Path twice = folder.resolve("twice.yaml");
        Files.writeString(twice, "server:\n  port: 1\n  port: 2\n");
        assertTrue(mistakes(Map.of("FLASHSALE_CONFIG", twice.toString())).get(0).contains("without duplicate keys"));
        assertTrue(mistakes(Map.of("FLASHSALE_CONFIG", "/no/such/file")).get(0).contains("must name a readable file"));
    }
}
