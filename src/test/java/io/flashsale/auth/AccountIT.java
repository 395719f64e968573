package io.flashsale.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests accounts, codes and sessions over a real socket. */
class AccountIT {
    private static final String REGISTER = "/api/v1/auth/register";
    private static final String LOGIN = "/api/v1/auth/login";
    private static final String VERIFY = "/api/v1/auth/verify-otp";
    private static final String PROFILE = "/api/v1/user/profile";

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.builder().start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static JsonObject credentials(String email, String password) {
        return new JsonObject().put("email", email).put("password", password);
    }

    @Test
    void registersSignsInAndReturnsTheProfile() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();

        // when
        Answer registered = ada.post(
                REGISTER,
                credentials("  " + email.toUpperCase(java.util.Locale.ROOT) + " ", Client.PASSWORD)
                        .put("name", "Ada"));
        Answer login = ada.post(LOGIN, credentials(email, Client.PASSWORD));
        String pending = ada.cookie();
        Answer verified = ada.post(VERIFY, new JsonObject().put("code", ada.codeSentTo(email)));
        Answer profile = ada.get(PROFILE);

        // then
        assertEquals(201, registered.status(), registered.body());
        assertEquals(email, registered.json().getString("email"));
        assertTrue(login.json().getBoolean("otpRequired"));
        Instant.parse(login.json().getString("expiresAt"));
        assertEquals(200, verified.status());
        assertEquals("user", verified.json().getString("role"));
        assertNotEquals(pending, ada.cookie(), "the id is rotated when the code is verified");
        assertEquals(registered.json().getString("userId"), profile.json().getString("userId"));
        assertEquals("Ada", profile.json().getString("name"));
        assertEquals(profile.json(), ada.post("/api/v1/user/porfile").json());
        assertEquals("not-authenticated", ada.withCookie(pending).get(PROFILE).code());
    }

    @Test
    void theCookieIsRestrictedToThisServer() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        ada.post(REGISTER, credentials(email, Client.PASSWORD));

        // when
        Answer login = ada.post(LOGIN, credentials(email, Client.PASSWORD));

        // then
        String cookie = login.header("set-cookie");
        assertTrue(cookie.startsWith("sessionId="), cookie);
        assertTrue(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), cookie);
        assertFalse(cookie.contains("Secure"), "the embedded default has no TLS");
    }

    @Test
    void anUnknownAddressAndAWrongPasswordGetTheSameAnswer() {
        // given
        String email = Client.freshEmail();
        node.client().post(REGISTER, credentials(email, Client.PASSWORD));

        // when
        Answer wrong = node.client().post(LOGIN, credentials(email, "another password"));
        Answer unknown = node.client().post(LOGIN, credentials(Client.freshEmail(), "another password"));

        // then
        assertEquals(401, wrong.status());
        JsonObject one = wrong.json();
        JsonObject other = unknown.json();
        one.remove("requestId");
        other.remove("requestId");
        assertEquals(one, other);
        assertEquals("wrong-credentials", one.getString("code"));
    }

    @Test
    void aTakenAddressCannotBeRegisteredButAnUnverifiedOneCan() {
        // given
        String email = Client.freshEmail();
        Client squatter = node.client();
        squatter.post(REGISTER, credentials(email, "squatters password"));
        squatter.post(LOGIN, credentials(email, "squatters password"));

        // when
        Client owner = node.client();
        Answer over = owner.post(REGISTER, credentials(email, Client.PASSWORD));
        owner.signIn(email, Client.PASSWORD);
        Answer taken = squatter.post(REGISTER, credentials(email, "squatters password"));
        Answer squatted = squatter.post(VERIFY, new JsonObject().put("code", owner.codeSentTo(email)));

        // then
        assertEquals(201, over.status());
        assertEquals("email-taken", taken.code());
        assertEquals(409, taken.status());
        assertEquals("otp-invalid", squatted.code());
    }

    @Test
    void fiveWrongTriesInvalidateTheCode() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        ada.post(REGISTER, credentials(email, Client.PASSWORD));
        ada.post(LOGIN, credentials(email, Client.PASSWORD));
        String code = ada.codeSentTo(email);
        String wrong = code.equals("000000") ? "000001" : "000000";

        // when
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    "otp-invalid",
                    ada.post(VERIFY, new JsonObject().put("code", wrong)).code());
        }
        Answer tooLate = ada.post(VERIFY, new JsonObject().put("code", code));

        // then
        assertEquals(401, tooLate.status());
        assertEquals("otp-invalid", tooLate.code());
    }

    @Test
    void aNewCodeReplacesTheOldOneAndCanBeUsedOnce() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        ada.post(REGISTER, credentials(email, Client.PASSWORD));
        ada.post(LOGIN, credentials(email, Client.PASSWORD));
        String old = ada.codeSentTo(email);
        Client otherTab = ada.withCookie(ada.cookie());

        // when
        Answer sent = ada.post("/api/v1/auth/otp");
        String fresh = ada.codeSentTo(email);

        // then
        assertEquals(202, sent.status());
        if (!old.equals(fresh)) {
            assertEquals(
                    "otp-invalid",
                    ada.post(VERIFY, new JsonObject().put("code", old)).code());
        }
        assertEquals(200, ada.post(VERIFY, new JsonObject().put("code", fresh)).status());
        assertEquals(
                "not-authenticated",
                otherTab.post(VERIFY, new JsonObject().put("code", fresh)).code());
    }

    @Test
    void logoutEndsThisSessionAndLogoutAllEndsEveryOne() {
        // given
        String email = Client.freshEmail();
        Client laptop = node.client();
        laptop.post(REGISTER, credentials(email, Client.PASSWORD));
        laptop.signIn(email, Client.PASSWORD);
        Client phone = node.client();
        phone.signIn(email, Client.PASSWORD);
        Client tablet = node.client();
        tablet.signIn(email, Client.PASSWORD);
        String laptopCookie = laptop.cookie();
        Client waiting = node.client();
        waiting.post(LOGIN, credentials(email, Client.PASSWORD));
        String code = waiting.codeSentTo(email);

        // when
        Answer out = laptop.post("/api/v1/auth/logout");
        int phoneAfterLogout = phone.get(PROFILE).status();
        Answer allOut = phone.post("/api/v1/auth/logout-all");

        // then
        assertEquals(204, out.status());
        assertEquals(
                "not-authenticated",
                laptop.withCookie(laptopCookie).get(PROFILE).code());
        assertEquals(200, phoneAfterLogout);
        assertEquals(204, allOut.status());
        assertEquals("not-authenticated", tablet.get(PROFILE).code());
        assertEquals(
                "not-authenticated",
                waiting.post(VERIFY, new JsonObject().put("code", code)).code());
    }

    @Test
    void aNewPasswordEndsTheOtherSessions() {
        // given
        String email = Client.freshEmail();
        Client here = node.client();
        here.post(REGISTER, credentials(email, Client.PASSWORD));
        here.signIn(email, Client.PASSWORD);
        Client there = node.client();
        there.signIn(email, Client.PASSWORD);
        JsonObject change = new JsonObject().put("current", Client.PASSWORD).put("next", "a new password");

        // when
        Answer wrong = here.post("/api/v1/auth/password", change.copy().put("current", "not the password"));
        Answer changed = here.post("/api/v1/auth/password", change);

        // then
        assertEquals("wrong-credentials", wrong.code());
        assertEquals(204, changed.status());
        assertEquals(200, here.get(PROFILE).status());
        assertEquals("not-authenticated", there.get(PROFILE).code());
        assertEquals(
                "wrong-credentials",
                there.post(LOGIN, credentials(email, Client.PASSWORD)).code());
        there.signIn(email, "a new password");
    }

    @Test
    void aPasswordResetNeedsACodeAndEndsEverySession() throws Exception {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        ada.post(REGISTER, credentials(email, Client.PASSWORD));
        ada.signIn(email, Client.PASSWORD);
        Client forgetful = node.client();
        String signInCode = ada.codeSentTo(email);

        // when
        Answer asked = forgetful.post("/api/v1/auth/forgot-password", new JsonObject().put("email", email));
        Answer unknown =
                forgetful.post("/api/v1/auth/forgot-password", new JsonObject().put("email", Client.freshEmail()));
        String code = awaitAnotherCode(forgetful, email, signInCode);
        JsonObject reset = credentials(email, "remembered now").put("code", code);
        Answer done = forgetful.post("/api/v1/auth/reset-password", reset);
        Answer twice = forgetful.post("/api/v1/auth/reset-password", reset);

        // then
        assertEquals(202, asked.status());
        assertEquals(asked.body(), unknown.body());
        assertEquals(202, unknown.status());
        assertEquals(204, done.status(), done.body());
        assertEquals("otp-invalid", twice.code());
        assertEquals("not-authenticated", ada.get(PROFILE).code());
        ada.signIn(email, "remembered now");
    }

    private static String awaitAnotherCode(Client client, String email, String before) throws InterruptedException {
        String code = before;
        for (int i = 0; i < 200 && code.equals(before); i++) {
            Thread.sleep(50);
            code = client.codeSentTo(email);
        }
        return code;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "ada@",
                "@example.com",
                "ada@example",
                "a da@example.com",
                "ada@exam\u0000ple.com",
                "\u0430da@example.com",
                "ada@example.com\r\nBcc: x@y.z",
                "ada..b@example.com",
                "ada@-example.com"
            })
    void rejectsInvalidAddresses(String email) {
        // when
        Answer refused = node.client().post(REGISTER, credentials(email, Client.PASSWORD));

        // then
        assertEquals("validation-failed", refused.code(), refused.body());
        assertEquals(
                "email", refused.json().getJsonArray("errors").getJsonObject(0).getString("field"));
    }

    @Test
    void rejectsPasswordsThatBcryptWouldTruncate() {
        // when
        Answer tooShort = node.client().post(REGISTER, credentials(Client.freshEmail(), "123456789"));
        Answer tooLong = node.client().post(REGISTER, credentials(Client.freshEmail(), "\u00fc".repeat(37)));
        Answer longest = node.client().post(REGISTER, credentials(Client.freshEmail(), "\u00fc".repeat(36)));
        Answer nul = node.client().post(REGISTER, credentials(Client.freshEmail(), "0123456789\u0000abc"));

        // then
        assertEquals("validation-failed", tooShort.code());
        assertEquals("validation-failed", tooLong.code());
        assertEquals(201, longest.status());
        assertEquals("validation-failed", nul.code());
    }

    @Test
    void noRequestFieldAssignsARole() {
        // when
        Answer refused = node.client()
                .post(
                        REGISTER,
                        credentials(Client.freshEmail(), Client.PASSWORD).put("role", "admin"));

        // then
        assertEquals("malformed-request", refused.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "' or 1=1", "../../etc/passwd"})
    void anArbitraryCookieIsNoSession(String cookie) {
        // when
        Answer refused = node.client().withCookie(cookie).get(PROFILE);

        // then
        assertEquals("not-authenticated", refused.code());
    }

    @Test
    void aForgedCookieIsNoSession() {
        // given
        String genuine = node.user().cookie();
        char last = genuine.charAt(20) == 'A' ? 'B' : 'A';
        String forged = genuine.substring(0, 20) + last + genuine.substring(21);

        // when
        Answer refused = node.client().withCookie(forged).get(PROFILE);
        Answer pastedPrefix =
                node.client().withCookie("p" + genuine.substring(1)).get(PROFILE);

        // then
        assertEquals("not-authenticated", refused.code());
        assertEquals("not-authenticated", pastedPrefix.code());
    }

    @Test
    void theProfileRequiresTheCode() {
        // given
        String email = Client.freshEmail();
        Client ada = node.client();
        ada.post(REGISTER, credentials(email, Client.PASSWORD));
        ada.post(LOGIN, credentials(email, Client.PASSWORD));

        // when
        Answer halfway = ada.get(PROFILE);

        // then
        assertEquals(403, halfway.status());
        assertEquals("otp-required", halfway.code());
        assertEquals(
                "not-authenticated",
                ada.send(ada.withCookie(null).request(PROFILE).method("GET", BodyPublishers.noBody()))
                        .code());
    }
}
