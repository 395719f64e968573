package io.flashsale.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.gate.Action;
import io.flashsale.gate.RateLimit;
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

class ConfigurationTest {
    @TempDir
    Path folder;

    private static List<String> mistakes(Map<String, String> environment) {
        return assertThrows(ConfigurationException.class, () -> Configuration.read(environment))
                .mistakes();
    }

    @Test
    void theDefaultsAreValid() {
        Configuration configuration = Configuration.read(Map.of());
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
        Configuration fromFile = Configuration.read(Map.of("FLASHSALE_CONFIG", file.toString()));
        Configuration overridden = Configuration.read(Map.of(
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
                "server.tls.key = /no/such/file: must name a PEM file that can be read",
                "server.tls.certificate = : certificate and key go together: set both or none")) {
            assertTrue(mistakes.contains(expected), () -> expected + "\nnot in\n" + String.join("\n", mistakes));
        }
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
        Configuration configuration =
                Configuration.read(Map.of("FLASHSALE_CACHE_TTL_BY_TYPE", "limited=5m, evergreen = 60m"));

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
        Configuration configuration = Configuration.read(Map.of(
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
        assertTrue(mistakes(Map.of("FLASHSALE_CONFIG", twice.toString())).get(0).contains("no key twice"));
        assertTrue(mistakes(Map.of("FLASHSALE_CONFIG", "/no/such/file")).get(0).contains("can be read"));
    }
}
