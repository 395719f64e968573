package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what applies to every route, and requests that no well-behaved client sends. */
class HttpIT {
    private static final String LOGIN = "/api/v1/auth/login";

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.builder()
                .with("FLASHSALE_CORS_ORIGINS", "https://shop.example.com")
                .with("FLASHSALE_SERVER_IDLE_TIMEOUT", "2s")
                .with("FLASHSALE_LIVE_HEARTBEAT", "1s")
                .start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aProblemHasACodeAndAnExplanation() {
        // when
        Answer unknown = node.client().get("/nowhere");

        // then
        assertEquals(404, unknown.status());
        assertEquals("application/problem+json", unknown.header("content-type"));
        JsonObject problem = unknown.json();
        assertEquals("not-found", problem.getString("code"));
        assertEquals(404, problem.getInteger("status"));
        assertEquals(unknown.header("x-request-id"), problem.getString("requestId"));
        assertTrue(problem.containsKey("type") && problem.containsKey("title") && problem.containsKey("detail"));
    }

    @Test
    void keepsASafeRequestIdAndReplacesOthers() {
        // when
        Answer kept = node.client().get("/api/v1/product", "X-Request-Id", "abc-123");
        Answer replaced = node.client().get("/api/v1/product", "X-Request-Id", "a b\"c");

        // then
        assertEquals("abc-123", kept.header("x-request-id"));
        assertNotEquals("a b\"c", replaced.header("x-request-id"));
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/v1/auth/login, POST",
        "GET, /api/v1/user/buy/abc, POST",
        "POST, /api/v1/user/profile, 'GET, HEAD'",
        "PATCH, /api/v1/products/update-product/abc, PUT"
    })
    void listsTheMethodsOfAPath(String method, String path, String allowed) {
        // when
        Answer refused = node.client().send(node.client().request(path).method(method, BodyPublishers.noBody()));

        // then
        assertEquals(405, refused.status());
        assertEquals("method-not-allowed", refused.code());
        assertEquals(allowed, refused.header("allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void rejectsOtherTypesThanJson(String type) {
        // when
        Answer refused = node.client()
                .send(node.client()
                        .request(LOGIN)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString("email=a&password=b")));

        // then
        assertEquals(415, refused.status());
        assertEquals("unsupported-media-type", refused.code());
    }

    @Test
    void acceptsJsonWithACharset() {
        // when
        Answer read = node.client()
                .send(node.client()
                        .request(LOGIN)
                        .header("Content-Type", "Application/JSON; charset=\"UTF-8\"")
                        .POST(BodyPublishers.ofString("{}")));

        // then
        assertEquals("validation-failed", read.code());
    }

    @Test
    void rejectsATooLargeBodyWithAndWithoutALength() {
        // given
        String large = "{\"email\":\"" + "x".repeat(1 << 20) + "\"}";

        // when
        String announced = RawHttp.exchange(
                node.port(),
                "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                        + large.length() + "\r\n\r\n" + large);
        String chunked = RawHttp.exchange(
                node.port(),
                "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(large.length()) + "\r\n" + large
                        + "\r\n0\r\n\r\n");

        // then
        assertEquals(413, RawHttp.status(announced), announced);
        assertEquals(413, RawHttp.status(chunked), chunked);
        assertTrue(announced.contains("body-too-large"));
        assertEquals(200, node.client().get("/api/v1/product").status());
    }

    @Test
    void namesEveryInvalidField() {
        // when
        Answer missing = node.client().post("/api/v1/auth/register", new JsonObject());
        Answer wrong = node.client()
                .post(
                        "/api/v1/auth/register",
                        new JsonObject().put("email", 1).put("password", true).put("x", 1));

        // then
        assertEquals("validation-failed", missing.code());
        assertEquals(List.of("email", "password"), fields(missing));
        assertEquals("malformed-request", wrong.code());
        assertEquals(List.of("email", "password", "x"), fields(wrong));
    }

    @Test
    void rejectsInvalidUtf8() {
        // given
        String overlong = "{\"email\":\"\u00c0\u00af@example.com\",\"password\":\"0123456789\"}";

        // when
        String refused = RawHttp.exchange(
                node.port(),
                "POST " + LOGIN + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                        + overlong.length() + "\r\n\r\n" + overlong);

        // then
        assertEquals(400, RawHttp.status(refused));
        assertTrue(refused.contains("malformed-request"), refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Request smuggling: both lengths, two lengths, an invalid length, an invalid chunk.
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
                "GET /api/v1/product HTTP/1.1\r\nHost : x\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void neverServesASmuggledRequest(String bytes) {
        // when
        String answer = RawHttp.exchange(node.port(), bytes);

        // then
        int status = RawHttp.status(answer);
        assertTrue(status == 0 || (status >= 400 && status < 500), answer);
        assertFalse(answer.contains("/smuggled"));
        assertEquals(answer.lastIndexOf("HTTP/1.1 "), answer.indexOf("HTTP/1.1 "), "more than one answer");
        assertFalse(answer.contains("java."), answer);
    }

    @Test
    void rejectsTooLargeHeaders() {
        // when
        String answer = RawHttp.exchange(
                node.port(), "GET /api/v1/product HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(100_000) + "\r\n\r\n");

        // then
        int status = RawHttp.status(answer);
        assertTrue(status == 0 || (status >= 400 && status < 500), answer);
    }

    @Test
    void closesAnIdleConnection() {
        // when
        String answer = RawHttp.exchange(node.port(), "GET /api/v1/product HTTP/1.1\r\nHost: x\r\n");

        // then
        assertEquals(0, RawHttp.status(answer));
    }

    @Test
    void keysAreReadAsBytes() {
        // given
        Client user = node.user();

        // when
        String answer = RawHttp.exchange(
                node.port(),
                "POST /api/v1/user/buy/abc HTTP/1.1\r\nHost: x\r\nCookie: sessionId=" + user.cookie()
                        + "\r\nIdempotency-Key: schl\u00fcssel\r\nContent-Length: 0\r\n\r\n");

        // then
        assertEquals(400, RawHttp.status(answer));
        assertTrue(answer.contains("idempotency-key-invalid"), answer);
    }

    @Test
    void onlyAllowedOriginsMayReadResponses() {
        // when
        Answer allowed = node.client().get("/api/v1/product", "Origin", "https://shop.example.com");
        Answer other = node.client().get("/api/v1/product", "Origin", "https://evil.example.com");

        // then
        assertEquals("https://shop.example.com", allowed.header("access-control-allow-origin"));
        assertEquals("true", allowed.header("access-control-allow-credentials"));
        assertNull(other.header("access-control-allow-origin"));
    }

    @Test
    void setsTheSecurityHeaders() {
        // when
        Answer answer = node.client().get("/api/v1/product");

        // then
        assertEquals("nosniff", answer.header("x-content-type-options"));
        assertTrue(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assertEquals("no-referrer", answer.header("referrer-policy"));
        assertNull(answer.header("strict-transport-security"), "only behind TLS");
    }

    @Test
    void managementReportsHealth() {
        // given
        Client management = new Client(node.managementPort(), node.managementPort());

        // when
        Answer live = management.get("/health/live");
        Answer ready = management.get("/health/ready");
        Answer stores = management.get("/health/stores");

        // then
        assertEquals(200, live.status());
        assertEquals(200, ready.status());
        assertEquals("up", stores.json().getJsonObject("redis").getString("status"));
        assertEquals("up", stores.json().getJsonObject("mongodb").getString("status"));
        assertEquals(404, node.client().get("/health/live").status());
        assertEquals(404, node.client().get("/dev/mailbox?to=a@example.com").status());
    }

    private static List<String> fields(Answer answer) {
        return answer.json().getJsonArray("errors").stream()
                .map(error -> ((JsonObject) error).getString("field"))
                .toList();
    }
}
