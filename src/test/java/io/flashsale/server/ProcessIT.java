package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fat jar as a process of its own, killed in every way, on its embedded stores. */
class ProcessIT {
    private Path data;
    private JarProcess server;

    @BeforeEach
    void start() throws Exception {
        data = TestStores.temporaryFolder();
        server = JarProcess.start(data);
    }

    @AfterEach
    void stop() throws Exception {
        server.process().destroy();
        if (!server.process().waitFor(30, TimeUnit.SECONDS)) {
            server.process().destroyForcibly();
        }
        TestStores.delete(data);
    }

    private static ProcessBuilder jar(String... arguments) {
        return JarProcess.command(arguments);
    }

    @Test
    void nothingIsLostWhenTheProcessIsKilled() throws Exception {
        // given
        Client ada = Client.signedIn(server.port(), server.managementPort());
        Answer bought = ada.buy(server.product(), "before the kill");
        assertEquals(201, bought.status(), bought.body());
        ProcessHandle redis = server.redis();

        // when
        server.process().destroyForcibly().waitFor();
        server = JarProcess.start(data);

        // then
        // Dead, though perhaps nobody has waited for it: then it has a number, and no command any more.
        assertFalse(redis.isAlive() && redis.info().command().isPresent(), "the Redis of the dead process is gone");
        Client again = server.on(ada);
        Answer retry = again.buyWithRetries(server.product(), "before the kill");
        assertEquals(201, retry.status(), retry.body());
        assertEquals(bought.body(), retry.body());
        assertEquals("true", retry.header("idempotency-replayed"));
        assertEquals(
                "purchase-limit-reached", again.buy(server.product(), "another").code());
        assertEquals(499, remaining());
        Client bob = Client.signedIn(server.port(), server.managementPort());
        assertEquals(201, bob.buy(server.product(), "k").status());
        assertEquals(498, remaining());
    }

    @Test
    void aKilledRedisComesBackOnItsData() throws Exception {
        // given
        Client ada = Client.signedIn(server.port(), server.managementPort());
        Answer bought = ada.buy(server.product(), "one");
        ProcessHandle first = server.redis();

        // when
        first.destroyForcibly();
        first.onExit().get(10, TimeUnit.SECONDS);
        Answer retry = ada.buyWithRetries(server.product(), "one");

        // then
        assertEquals(201, retry.status(), retry.body());
        assertEquals(bought.body(), retry.body());
        assertTrue(server.redis().pid() != first.pid());
        assertEquals(499, remaining());
    }

    @Test
    void aRedisThatLostEverythingIsRebuiltFromMongoDb() throws Exception {
        // given
        Client ada = Client.signedIn(server.port(), server.managementPort());
        Client bob = Client.signedIn(server.port(), server.managementPort());
        Answer bought = ada.buy(server.product(), "one");
        Answer cancelled = bob.buy(server.product(), "cancelled");
        bob.post("/api/v1/user/orders/" + cancelled.json().getString("orderId") + "/cancel");

        // when
        ProcessHandle first = server.redis();
        TestStores.delete(data.resolve("redis").resolve("appendonlydir"));
        first.destroyForcibly();
        first.onExit().get(10, TimeUnit.SECONDS);
        Answer retry = ada.buyWithRetries(server.product(), "one");

        // then
        assertEquals(201, retry.status(), retry.body());
        assertEquals(bought.body(), retry.body());
        assertEquals("purchase-limit-reached", ada.buy(server.product(), "two").code());
        Answer replayOfCancelled = bob.buy(server.product(), "cancelled");
        assertEquals(cancelled.body(), replayOfCancelled.body());
        assertEquals(499, remaining());
        assertEquals(201, bob.buy(server.product(), "again").status());
        assertEquals(498, remaining());
    }

    @Test
    void twoProcessesDoNotShareAFolder() throws Exception {
        // when
        ProcessBuilder second = jar();
        second.environment().putAll(Map.of("PORT", "0", "MANAGEMENT_PORT", "0", "DATA_DIR", data.toString()));
        Process process = second.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        // then
        assertEquals(1, process.waitFor());
        assertTrue(
                said.contains("DATA_DIR")
                        && said.contains(String.valueOf(server.process().pid())),
                said);
        assertEquals(200, server.client().get("/api/v1/product").status());
    }

    @Test
    void sigtermEndsEverythingAndTellsSo() throws Exception {
        // given
        ProcessHandle redis = server.redis();

        // when
        server.process().destroy();

        // then
        assertTrue(server.process().waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, server.process().exitValue());
        assertEquals(Optional.empty(), redis.info().command());
    }

    @Test
    void theAuditComparesBothStoresBesideARunningSale() throws Exception {
        // given
        Client ada = Client.signedIn(server.port(), server.managementPort());
        ada.buy(server.product(), "one");

        // when
        ProcessBuilder audit = jar("audit", "--json");
        audit.environment().put("DATA_DIR", data.toString());
        Process process = audit.start();
        JsonObject said = new JsonObject(
                new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));

        // then
        assertEquals(0, process.waitFor(), said::encode);
        assertTrue(said.getBoolean("agrees"));
        JsonObject line = said.getJsonArray("products").getJsonObject(0);
        assertEquals(500, line.getInteger("onSale"));
        assertEquals(499, line.getInteger("free"));
        assertEquals(1, line.getInteger("sold"));
        assertEquals(0, line.getInteger("difference"));
    }

    @Test
    void aWrongConfigurationNamesEveryMistakeAtOnce() throws IOException, InterruptedException {
        // when
        ProcessBuilder wrong = jar();
        wrong.environment()
                .putAll(Map.of(
                        "PORT", "70000",
                        "REDIS_URI", "http://secret-user:hunter2@host",
                        "FLASHSALE_LIMITS_LOGIN_IP", "many",
                        "FLASHSALE_GATE_BCRYPT_COSTS", "10"));
        Process process = wrong.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        // then
        assertEquals(2, process.waitFor());
        for (String part : List.of(
                "server.port = 70000: must be 0 to 65535",
                "redis.uri = http://secret-user:***@host: must begin with redis:// or rediss://",
                "limits.login.ip = many: must be count/window",
                "FLASHSALE_GATE_BCRYPT_COSTS: is not a setting; did you mean FLASHSALE_GATE_BCRYPT_COST?")) {
            assertTrue(said.contains(part), said);
        }
        assertFalse(said.contains("hunter2"), said);
    }

    private int remaining() {
        JsonObject product =
                server.client().get("/api/v1/product/" + server.product()).json();
        return product.getInteger("remaining");
    }
}
