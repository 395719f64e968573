package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests the rate limits on nodes that share their stores. */
class LimitsIT {
    private static final String LOGIN = "/api/v1/auth/login";

    /** Trusts the address of the tests as a proxy, so that each test can use client addresses of its own. */
    private static TestNode.Builder behindProxy(String database) {
        return TestNode.builder()
                .with("FLASHSALE_MONGODB_DATABASE", database)
                .with("FLASHSALE_PROXIES_TRUSTED", "127.0.0.0/8");
    }

    private static String freshAddress() {
        long bits = UUID.randomUUID().getMostSignificantBits();
        return "203." + (bits & 255) + "." + (bits >> 8 & 255) + "." + (bits >> 16 & 255);
    }

    @Test
    void theEleventhPurchaseOfAMinuteIsRejectedOnBothNodes() {
        // given
        String database = TestStores.freshDatabase();
        try (TestNode one = behindProxy(database)
                        .with("FLASHSALE_LIMITS_PURCHASE_USER", "10/60s")
                        .start();
                TestNode other = behindProxy(database)
                        .with("FLASHSALE_LIMITS_PURCHASE_USER", "10/60s")
                        .start()) {
            String product = TestNode.product(one.admin(), 50, 0);
            Client ada = one.user();
            Client adaThere = other.client().withCookie(ada.cookie());

            // when
            Answer first = ada.buy(product, "0");
            for (int i = 1; i < 10; i++) {
                assertEquals(
                        201, (i % 2 == 0 ? ada : adaThere).buy(product, "" + i).status());
            }
            Answer refusedHere = ada.buy(product, "10");
            Answer refusedThere = adaThere.buy(product, "11");

            // then
            assertEquals("\"user\";q=10;w=60", first.header("ratelimit-policy"));
            assertTrue(first.header("ratelimit").startsWith("\"user\";r=9;t="), first.header("ratelimit"));
            for (Answer refused : new Answer[] {refusedHere, refusedThere}) {
                assertEquals(429, refused.status());
                assertEquals("rate-limited", refused.code());
                assertTrue(Integer.parseInt(refused.header("retry-after")) > 0);
            }
            assertEquals(10, one.liveOrders(product).size());
        }
    }

    @Test
    void spoofedForwardedAddressesDoNotEvadeTheLimit() {
        // given
        String address = freshAddress();
        try (TestNode node = behindProxy(TestStores.freshDatabase())
                .with("FLASHSALE_LIMITS_READ_IP", "3/60s")
                .start()) {

            // when: the entries further left are the client's own claim
            for (int i = 0; i < 3; i++) {
                assertEquals(200, read(node, freshAddress() + ", " + address).status());
            }
            Answer refused = read(node, freshAddress() + ", " + address);
            Answer other = read(node, freshAddress());

            // then
            assertEquals("rate-limited", refused.code());
            assertEquals(200, other.status());
        }
    }

    @Test
    void theForwardedHeaderIsReadAndAnIpv6NetworkIsOneClient() {
        // given
        String network = "2001:db8:" + freshAddress().split("\\.", -1)[1] + ":"
                + freshAddress().split("\\.", -1)[2];
        try (TestNode node = behindProxy(TestStores.freshDatabase())
                .with("FLASHSALE_LIMITS_READ_IP", "3/60s")
                .start()) {

            // when: every call comes from another address of the same /64
            for (int i = 1; i <= 3; i++) {
                assertEquals(200, forwarded(node, network + "::" + i).status());
            }
            Answer refused = forwarded(node, network + "::4");
            Answer other = forwarded(node, network.replace("db8", "db9") + "::4");

            // then
            assertEquals("rate-limited", refused.code());
            assertEquals(200, other.status());
        }
    }

    private static Answer forwarded(TestNode node, String address) {
        return node.client()
                .get("/api/v1/product", "Forwarded", "for=spoofed, For=\"[" + address + "]:4711\";proto=https");
    }

    private static Answer read(TestNode node, String forwardedFor) {
        return node.client().get("/api/v1/product", "X-Forwarded-For", forwardedFor);
    }

    @Test
    void aForwardedHeaderOfAnUntrustedPeerIsIgnored() {
        // given
        try (TestNode node =
                TestNode.builder().with("FLASHSALE_LIMITS_REGISTER_IP", "2/1s").start()) {

            // when
            int refused = 0;
            for (int i = 0; i < 10; i++) {
                Answer answer = node.client()
                        .post(
                                "/api/v1/auth/register",
                                new JsonObject().put("email", "x").put("password", "0123456789"),
                                "X-Forwarded-For",
                                freshAddress());
                refused += answer.status() == 429 ? 1 : 0;
            }

            // then
            assertTrue(refused > 0);
        }
    }

    @Test
    void guessingAPasswordIsLimitedByAccountAndAddress() {
        // given
        try (TestNode node = behindProxy(TestStores.freshDatabase())
                .with("FLASHSALE_LIMITS_LOGIN_USER", "5/60s")
                .start()) {
            String email = Client.freshEmail();
            JsonObject right = new JsonObject().put("email", email).put("password", Client.PASSWORD);
            node.client().post("/api/v1/auth/register", right);
            JsonObject wrong = right.copy().put("password", "not the password");
            String here = freshAddress();

            // when
            for (int i = 0; i < 5; i++) {
                assertEquals("wrong-credentials", login(node, wrong, here).code());
            }
            Answer sixth = login(node, right, here);
            Answer elsewhere = login(node, right, freshAddress());

            // then
            assertEquals("rate-limited", sixth.code());
            assertEquals(200, elsewhere.status(), "an attacker cannot lock an account from another address");
        }
    }

    @Test
    void guessingFromManyAddressesIsLimitedButTheOwnerCanSignIn() {
        // given
        try (TestNode node = behindProxy(TestStores.freshDatabase())
                .with("FLASHSALE_GATE_FAILED_LOGINS", "8/15m")
                .start()) {
            String email = Client.freshEmail();
            JsonObject right = new JsonObject().put("email", email).put("password", Client.PASSWORD);
            node.client().post("/api/v1/auth/register", right);
            String home = freshAddress();
            Client owner = node.client();
            owner.post(LOGIN, right, "X-Forwarded-For", home);
            Answer verified = owner.post(
                    "/api/v1/auth/verify-otp",
                    new JsonObject().put("code", owner.codeSentTo(email)),
                    "X-Forwarded-For",
                    home);
            assertEquals(200, verified.status());

            // when
            JsonObject wrong = right.copy().put("password", "not the password");
            for (int i = 0; i < 8; i++) {
                assertEquals(
                        "wrong-credentials", login(node, wrong, freshAddress()).code());
            }

            // then
            assertEquals("rate-limited", login(node, wrong, freshAddress()).code());
            assertEquals("rate-limited", login(node, right, freshAddress()).code());
            assertEquals(200, login(node, right, home).status());
        }
    }

    private static Answer login(TestNode node, JsonObject credentials, String address) {
        return node.client().post(LOGIN, credentials, "X-Forwarded-For", address);
    }

    @Test
    void requestsForCodesAreLimitedAndLoginsCountAsRequests() {
        // given
        try (TestNode node =
                TestNode.builder().with("FLASHSALE_LIMITS_OTP_USER", "3/5m").start()) {
            String email = Client.freshEmail();
            JsonObject credentials = new JsonObject().put("email", email).put("password", Client.PASSWORD);
            Client ada = node.client();
            ada.post("/api/v1/auth/register", credentials);

            // when
            Answer login = ada.post(LOGIN, credentials);
            Answer second = ada.post("/api/v1/auth/otp");
            Answer third = ada.post("/api/v1/auth/otp");
            Answer fourth = ada.post("/api/v1/auth/otp");

            // then
            assertEquals(200, login.status());
            assertEquals(202, second.status());
            assertEquals(202, third.status());
            assertEquals("rate-limited", fourth.code());
            assertEquals(
                    200,
                    ada.post("/api/v1/auth/verify-otp", new JsonObject().put("code", ada.codeSentTo(email)))
                            .status(),
                    "entering a code is not a request for a code");
        }
    }

    @Test
    void logoutTakesEffectOnEveryNodeAtOnce() {
        // given
        String database = TestStores.freshDatabase();
        try (TestNode one = behindProxy(database).start();
                TestNode other = behindProxy(database).start()) {
            Client here = one.user();
            Client there = other.client().withCookie(here.cookie());
            assertEquals(200, there.get("/api/v1/user/profile").status());

            // when
            String cookie = here.cookie();
            here.post("/api/v1/auth/logout-all");

            // then
            assertEquals("not-authenticated", there.get("/api/v1/user/profile").code());
            assertEquals(
                    "not-authenticated",
                    one.client().withCookie(cookie).get("/api/v1/user/profile").code());
        }
    }
}
