package io.flashsale.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.flashsale.config.Configuration;
import io.flashsale.support.Client;
import io.flashsale.support.Polling;
import io.flashsale.support.TestStores;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that stops while the Vert.x on which it ran goes on: nothing of it may stay behind. */
class NodeStopIT {
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "PORT", "0",
            "HOST", "127.0.0.1",
            "MANAGEMENT_PORT", "0",
            "FLASHSALE_MONGODB_DATABASE", TestStores.freshDatabase(),
            "FLASHSALE_MONGODB_COMMAND_TIMEOUT", "200ms",
            "FLASHSALE_GATE_BCRYPT_COST", "4"));

    @AfterEach
    void close() {
        TestNode.await(vertx.close());
    }

    private FlashSaleServer node(Configuration.Stores stores) {
        return new FlashSaleServer(
                vertx, Configuration.read(environment, new DriverValidator()), stores, Clock.systemUTC());
    }

    /** Of this Vert.x and of whatever else runs here. */
    private static List<String> passwordWorkers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("passwords-"))
                .toList();
    }

    @Test
    void passwordWorkersAndMailConnectionsEndWithIt() throws Exception {
        // given: a node that has hashed a password and sent a mail
        GreenMail mails = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mails.start();
        environment.put("SMTP_URI", "smtp://127.0.0.1:" + mails.getSmtp().getPort() + "?starttls=disabled");
        environment.put("FLASHSALE_MONGODB_COMMAND_TIMEOUT", "20s");
        List<String> before = passwordWorkers();
        FlashSaleServer node = node(TestStores.shared());
        TestNode.await(node.start());
        Client client = new Client(node.port(), node.managementPort());
        JsonObject ada = new JsonObject().put("email", Client.freshEmail()).put("password", Client.PASSWORD);
        assertEquals(201, client.post("/api/v1/auth/register", ada).status());
        assertEquals(200, client.post("/api/v1/auth/login", ada).status());
        assertTrue(mails.waitForIncomingEmail(20_000, 1));
        assertTrue(passwordWorkers().size() > before.size());

        // when
        TestNode.await(node.stop());

        // then
        Polling.await(
                Duration.ofSeconds(10),
                Duration.ofMillis(20),
                () -> passwordWorkers().size() <= before.size());
        assertEquals(before.size(), passwordWorkers().size());
        assertEquals(Set.of(), vertx.deploymentIDs());
        // The client keeps its pool here as long as it is open.
        assertEquals(
                0, vertx.sharedData().getLocalMap("__vertx.MailClient.pools").size());
        mails.stop();
    }

    @Test
    void aNodeThatIsStoppedWhileItWaitsForMongoDbDeploysNothing() throws Exception {
        // given
        // A port that only root may take.
        Configuration.Stores away = new Configuration.Stores(TestStores.shared().redisUri(), "mongodb://127.0.0.1:1");
        FlashSaleServer node = node(away);
        var started = node.start();
        Polling.await(
                Duration.ofSeconds(30),
                Duration.ofMillis(20),
                () -> !vertx.deploymentIDs().isEmpty());
        assertEquals(1, vertx.deploymentIDs().size(), "the management port is open");

        // when
        TestNode.await(node.stop());

        // then
        AssertionError refused = assertThrows(AssertionError.class, () -> TestNode.await(started));
        assertTrue(refused.getMessage().contains("stopped before it was ready"), refused::getMessage);
        assertEquals(Set.of(), vertx.deploymentIDs());
    }
}
