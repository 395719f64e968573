package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.flashsale.config.Configuration;
import io.flashsale.embedded.EmbeddedRedis;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests that no secret of a complete run is in the log, in a response, in Redis or in the audit log. */
class SecretsIT {
    private static final String PASSWORD = "a-password-nobody-else-has";
    private static final String WRONG = "a-wrong-password-that-was-tried";
    private static final String NEXT = "the-password-that-came-after-it";

    @Test
    void noSecretIsWrittenAnywhere() throws Exception {
        // given
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = capture(log);
        Path folder = TestStores.temporaryFolder();
        StringBuilder answers = new StringBuilder();
        String code;
        String pending;
        String session;
        String email = Client.freshEmail();
        byte[] redisFiles;
        String audited;

        // when
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder);
                TestNode node = TestNode.builder()
                        .on(new Configuration.Stores(
                                redis.uri(), TestStores.shared().mongoUri()))
                        .start()) {
            Client ada = node.client();
            JsonObject credentials = new JsonObject().put("email", email).put("password", PASSWORD);
            answers.append(ada.post("/api/v1/auth/register", credentials).body());
            answers.append(ada.post("/api/v1/auth/login", credentials.copy().put("password", WRONG))
                    .body());
            answers.append(ada.post("/api/v1/auth/login", credentials).body());
            pending = ada.cookie();
            code = ada.codeSentTo(email);
            answers.append(ada.post("/api/v1/auth/verify-otp", new JsonObject().put("code", "abc"))
                    .body());
            answers.append(ada.post("/api/v1/auth/verify-otp", new JsonObject().put("code", code))
                    .body());
            session = ada.cookie();
            String product = TestNode.product(node.admin(), 5, 1);
            answers.append(ada.buy(product, "a key").body());
            answers.append(ada.post(
                            "/api/v1/auth/password",
                            new JsonObject().put("current", PASSWORD).put("next", NEXT))
                    .body());
            answers.append(ada.postText("/api/v1/auth/login", "{\"email\":\"" + email + "\",\"password\":\"" + PASSWORD)
                    .body());
            answers.append(ada.get("/api/v1/user/profile?password=" + PASSWORD).body());
            answers.append(ada.post("/api/v1/auth/logout").body());
            audited = node.admin().get("/api/v1/admin/audit?limit=100").body();
            redisFiles = everythingIn(folder.resolve("appendonlydir"));
        }

        // then
        detach(appender);
        String logged = log.toString(StandardCharsets.UTF_8);
        String kept = new String(redisFiles, StandardCharsets.ISO_8859_1);
        assertTrue(logged.contains("request"), "the log was captured");
        assertTrue(kept.contains("purchase") || kept.contains("product:sale"), "the data was read");
        for (String secret : List.of(PASSWORD, WRONG, NEXT, session, pending)) {
            assertFalse(logged.contains(secret), "in the log");
            assertFalse(answers.toString().contains(secret), "in a response");
            assertFalse(kept.contains(secret), "in Redis");
            assertFalse(audited.contains(secret), "in the audit log");
        }
        for (String action : List.of(
                "account.registered", "session.opened", "order.placed", "password.changed", "product.created")) {
            assertTrue(audited.contains(action), () -> action + " is not in the audit log");
        }
        assertFalse(audited.contains(email), "an address in the audit log");
        assertFalse(audited.matches("(?s).*\\b" + code + "\\b.*"), "the code in the audit log");
        assertFalse(logged.contains(email), "an address in the log");
        assertFalse(logged.matches("(?s).*\\b" + code + "\\b.*"), "the code in the log");
        assertFalse(kept.contains("$6\r\n" + code + "\r\n"), "the code in Redis");
        TestStores.delete(folder);
    }

    private static byte[] everythingIn(Path folder) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.write(Files.readAllBytes(file));
            }
        }
        return all.toByteArray();
    }

    private static OutputStreamAppender<ILoggingEvent> capture(ByteArrayOutputStream log) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%level %logger %msg %kvp%n%ex");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(log);
        appender.start();
        for (String name : List.of("io.flashsale", "access")) {
            Logger logger = context.getLogger(name);
            logger.setLevel(Level.DEBUG);
            logger.addAppender(appender);
            logger.setAdditive(false);
        }
        return appender;
    }

    private static void detach(OutputStreamAppender<ILoggingEvent> appender) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (String name : List.of("io.flashsale", "access")) {
            Logger logger = context.getLogger(name);
            assertEquals(true, logger.detachAppender(appender));
            logger.setLevel(Level.WARN);
            logger.setAdditive(true);
        }
    }
}
