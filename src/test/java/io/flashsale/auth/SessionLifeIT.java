package io.flashsale.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Tests the lifetimes of sessions, and sign-in without a working mail server. */
class SessionLifeIT {
    private static final String PROFILE = "/api/v1/user/profile";

    @Test
    void anIdleSessionExpiresAndAUsedOneDoesNot() throws Exception {
        // given
        try (TestNode node = TestNode.builder()
                .with("FLASHSALE_GATE_SESSION_IDLE", "4s")
                .with("FLASHSALE_GATE_SESSION_ABSOLUTE", "60s")
                .start()) {
            Client used = node.user();
            Client unused = node.user();

            // when
            for (int i = 0; i < 12; i++) {
                Thread.sleep(500);
                assertEquals(200, used.get(PROFILE).status());
            }

            // then
            assertEquals("not-authenticated", unused.get(PROFILE).code());
            assertEquals(200, used.get(PROFILE).status());
        }
    }

    @Test
    void aSessionExpiresAtItsAbsoluteEndDespiteUse() throws Exception {
        // given
        try (TestNode node = TestNode.builder()
                .with("FLASHSALE_GATE_SESSION_IDLE", "6s")
                .with("FLASHSALE_GATE_SESSION_ABSOLUTE", "6s")
                .start()) {
            Client busy = node.user();
            String product = TestNode.product(node.admin(), 5, 0);

            // when
            Answer answer = busy.buy(product, "k");
            for (int i = 0; i < 100 && answer.status() == 201; i++) {
                Thread.sleep(100);
                answer = busy.buy(product, "k");
            }

            // then
            assertEquals("not-authenticated", answer.code());
            assertTrue(answer.json().getString("detail").contains("/api/v1/auth/login"));
            assertEquals(1, node.liveOrders(product).size());
        }
    }

    @Test
    void aPendingSessionExpires() throws Exception {
        // given
        try (TestNode node =
                TestNode.builder().with("FLASHSALE_GATE_SESSION_PENDING", "1s").start()) {
            String email = Client.freshEmail();
            JsonObject credentials = new JsonObject().put("email", email).put("password", Client.PASSWORD);
            Client slow = node.client();
            slow.post("/api/v1/auth/register", credentials);
            slow.post("/api/v1/auth/login", credentials);
            String code = slow.codeSentTo(email);

            // when
            Thread.sleep(1_200);

            // then
            assertEquals(
                    "not-authenticated",
                    slow.post("/api/v1/auth/verify-otp", new JsonObject().put("code", code))
                            .code());
        }
    }

    @Test
    void anUnresponsiveMailServerDelaysNoLogin() throws Exception {
        // given: a server that accepts connections and never answers
        try (ServerSocket silent = new ServerSocket(0);
                TestNode node = TestNode.builder()
                        .with("SMTP_URI", "smtp://127.0.0.1:" + silent.getLocalPort() + "?starttls=disabled")
                        .start()) {
            JsonObject credentials =
                    new JsonObject().put("email", Client.freshEmail()).put("password", Client.PASSWORD);
            Client ada = node.client();
            ada.post("/api/v1/auth/register", credentials);

            // when
            Answer login = ada.post("/api/v1/auth/login", credentials);
            Answer again = ada.post("/api/v1/auth/otp");

            // then
            assertEquals(200, login.status(), login.body());
            assertEquals(202, again.status());
        }
    }
}
