package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.OrderStatus;
import io.flashsale.http.middleware.FailureHandler;
import io.flashsale.http.problem.ApiError;
import io.flashsale.http.problem.ApiException;
import io.flashsale.orders.OrderNotCancellableException;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.support.ProvokesErrors;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the handlers that all routes share, over a real socket. */
@ProvokesErrors(FailureHandler.class)
class HttpChainIT {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String SECRET = "driver message with a secret";
    private static final Map<String, Throwable> FAILURES = Map.of(
            "store", new StoreUnavailableException(SECRET),
            "bus", new ReplyException(ReplyFailure.TIMEOUT, SECRET),
            "fields", new InvalidFieldsException("name", "must be short"),
            "order", new OrderNotCancellableException(OrderStatus.FAILED),
            "teapot", new HttpException(418, SECRET),
            "bug", new IllegalStateException(SECRET));

    private static TestServer closed;
    private static TestServer open;

    @BeforeAll
    static void start() {
        closed = setup().start();
        TestServer.Setup withOrigins = setup();
        withOrigins.origins = List.of("https://shop.example");
        open = withOrigins.start();
    }

    private static TestServer.Setup setup() {
        TestServer.Setup setup = new TestServer.Setup();
        setup.routes = (table, vertx) -> {
            table.add(
                    HttpMethod.GET,
                    "/problem/:name",
                    TestServer.SECURITY_HANDLER,
                    TestServer.steps(ctx -> ctx.fail(new ApiException(ApiError.valueOf(ctx.pathParam("name")), "why")
                            .with("remaining", 3)
                            .with("orderId", null)
                            .retryAfter(Duration.ofMillis(1_001)))));
            table.add(
                    HttpMethod.GET,
                    "/fail/:name",
                    TestServer.SECURITY_HANDLER,
                    TestServer.steps(ctx -> ctx.fail(FAILURES.get(ctx.pathParam("name")))));
            table.add(HttpMethod.GET, "/throw", TestServer.SECURITY_HANDLER, TestServer.steps(ctx -> {
                throw new IllegalStateException(SECRET);
            }));
        };
        return setup;
    }

    @AfterAll
    static void stop() {
        closed.close();
        open.close();
    }

    private static HttpResponse<String> send(TestServer server, String method, String path, String... headers) {
        return sendBody(server, method, path, null, headers);
    }

    private static HttpResponse<String> sendBody(
            TestServer server, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    @ParameterizedTest
    @EnumSource(ApiError.class)
    void everyCodeIsAProblemWithItsStatus(ApiError error) {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/problem/" + error.name());

        // then
        JsonObject problem = new JsonObject(answer.body());
        assertEquals(error.status(), answer.statusCode());
        assertEquals("application/problem+json", header(answer, "Content-Type"));
        assertEquals("no-store", header(answer, "Cache-Control"));
        assertEquals("2", header(answer, "Retry-After"));
        assertEquals(error.code(), problem.getString("code"));
        assertEquals(error.status(), problem.getInteger("status"));
        assertEquals("/docs#" + error.code(), problem.getString("type"));
        assertEquals(error.title(), problem.getString("title"));
        assertEquals("why", problem.getString("detail"));
        assertEquals(header(answer, "X-Request-Id"), problem.getString("requestId"));
        assertEquals(3, problem.getInteger("remaining"));
        assertFalse(problem.containsKey("orderId"));
        assertFalse(problem.containsKey("errors"));
    }

    @ParameterizedTest
    @CsvSource({
        "store,503,unavailable", "bus,503,unavailable", "fields,400,validation-failed",
        "order,409,order-not-cancellable", "teapot,400,malformed-request", "bug,500,internal"
    })
    void everyFailureBecomesAProblemWithoutLeaks(String name, int status, String code) {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/fail/" + name);

        // then
        assertEquals(status, answer.statusCode());
        assertEquals(code, new JsonObject(answer.body()).getString("code"));
        assertFalse(answer.body().contains(SECRET), answer.body());
        assertEquals(status == 503, header(answer, "Retry-After") != null);
    }

    @Test
    void anExceptionInAnEndpointIsAnswered() {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/throw");

        // then
        assertEquals(500, answer.statusCode());
        assertFalse(answer.body().contains(SECRET), answer.body());
    }

    @Test
    void theInvalidFieldIsNamed() {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/fail/fields");

        // then
        JsonObject first = new JsonObject(answer.body()).getJsonArray("errors").getJsonObject(0);
        assertEquals("name", first.getString("field"));
        assertEquals("must be short", first.getString("message"));
    }

    @ParameterizedTest
    @CsvSource({"/nothing", "/", "/echo/more", "/echo%00"})
    void anUnknownPathIsNotFound(String path) {
        // when
        HttpResponse<String> answer = send(closed, "GET", path);

        // then
        assertEquals(404, answer.statusCode());
        assertEquals("not-found", new JsonObject(answer.body()).getString("code"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/echo,POST", "DELETE,/echo,POST", "OPTIONS,/echo,POST", "BREW,/echo,POST",
        "POST,/thing,'GET, HEAD'", "PUT,/thing/1,'GET, HEAD'", "GET,/thing/make,POST", "HEAD,/thing/make,POST"
    })
    void anotherMethodIsRejectedWithTheAllowHeader(String method, String path, String allow) {
        // when
        HttpResponse<String> answer = send(closed, method, path);

        // then
        assertEquals(405, answer.statusCode());
        assertEquals(allow, header(answer, "Allow"));
    }

    @Test
    void headIsLikeGetWithoutABody() {
        // when
        HttpResponse<String> answer = send(closed, "HEAD", "/thing");

        // then
        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\""
            })
    void jsonIsAccepted(String type) {
        // when
        HttpResponse<String> answer = sendBody(closed, "POST", "/echo", "{}", "Content-Type", type);

        // then
        assertEquals(200, answer.statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=a",
                "application/jsonx",
                "application/json; charset=utf-16",
                "application/problem+json",
                "json"
            })
    void otherTypesAreRejected(String type) {
        // when
        HttpResponse<String> answer = sendBody(closed, "POST", "/echo", "{}", "Content-Type", type);

        // then
        assertEquals(415, answer.statusCode());
        assertEquals("unsupported-media-type", new JsonObject(answer.body()).getString("code"));
    }

    @Test
    void aBodyWithoutATypeIsRejected() {
        // when
        HttpResponse<String> answer = sendBody(closed, "POST", "/echo", "{}");

        // then
        assertEquals(415, answer.statusCode());
    }

    @Test
    void aMissingBodyMayHaveAnyTypeOrNone() {
        assertEquals(200, send(closed, "POST", "/echo").statusCode());
        assertEquals(
                200, send(closed, "POST", "/echo", "Content-Type", "text/plain").statusCode());
    }

    @Test
    void aSafeRequestIdIsKept() {
        // given
        String given = "a.B-9_" + "x".repeat(122);

        // when
        HttpResponse<String> answer = send(closed, "GET", "/nothing", "X-Request-Id", given);

        // then
        assertEquals(given, header(answer, "X-Request-Id"));
        assertEquals(given, new JsonObject(answer.body()).getString("requestId"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a/b", "<script>", "{}"})
    void anUnsafeRequestIdIsReplaced(String given) {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/thing", "X-Request-Id", given);
        HttpResponse<String> another = send(closed, "GET", "/thing", "X-Request-Id", "x".repeat(129));

        // then
        assertNotEquals(given, header(answer, "X-Request-Id"));
        assertEquals(36, header(answer, "X-Request-Id").length());
        assertEquals(36, header(another, "X-Request-Id").length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/thing", "/nothing", "/fail/bug"})
    void everyResponseHasTheSecurityHeaders(String path) {
        // when
        HttpResponse<String> answer = send(closed, "GET", path);

        // then
        assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        assertEquals("DENY", header(answer, "X-Frame-Options"));
        assertEquals("no-referrer", header(answer, "Referrer-Policy"));
        assertTrue(header(answer, "Content-Security-Policy").contains("frame-ancestors 'none'"));
        assertEquals(null, header(answer, "Strict-Transport-Security"));
        assertEquals(null, header(answer, "Server"));
    }

    @Test
    void noOriginIsAllowedUnlessConfigured() {
        // when
        HttpResponse<String> answer = send(closed, "GET", "/thing", "Origin", "https://shop.example");
        HttpResponse<String> preflight = send(
                closed, "OPTIONS", "/echo", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST");

        // then
        assertEquals(200, answer.statusCode());
        assertEquals(null, header(answer, "Access-Control-Allow-Origin"));
        assertEquals(405, preflight.statusCode());
        assertEquals(null, header(preflight, "Access-Control-Allow-Origin"));
    }

    @Test
    void aConfiguredOriginIsAllowedByName() {
        // when
        HttpResponse<String> answer = send(open, "GET", "/thing", "Origin", "https://shop.example");
        HttpResponse<String> preflight = send(
                open, "OPTIONS", "/echo", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST");

        // then
        assertEquals("https://shop.example", header(answer, "Access-Control-Allow-Origin"));
        assertEquals("true", header(answer, "Access-Control-Allow-Credentials"));
        assertTrue(header(answer, "Access-Control-Expose-Headers").contains("Idempotency-Replayed"));
        assertEquals("Origin", header(answer, "Vary"));
        assertEquals(204, preflight.statusCode());
        assertTrue(header(preflight, "Access-Control-Allow-Headers").contains("Idempotency-Key"));
        assertTrue(header(preflight, "Access-Control-Allow-Methods").contains("PUT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://shop.example.evil.example",
                "http://shop.example",
                "https://shop.example:444",
                "null",
                "*"
            })
    void anUnlistedOriginGetsNoHeaders(String origin) {
        // when
        HttpResponse<String> answer = send(open, "GET", "/thing", "Origin", origin);
        HttpResponse<String> preflight =
                send(open, "OPTIONS", "/echo", "Origin", origin, "Access-Control-Request-Method", "POST");

        // then
        assertEquals(200, answer.statusCode());
        assertEquals("Origin", header(answer, "Vary"));
        assertEquals(null, header(answer, "Access-Control-Allow-Origin"));
        assertEquals(405, preflight.statusCode());
        assertEquals(null, header(preflight, "Access-Control-Allow-Origin"));
    }

    @Test
    void aPageOfASiblingDomainMayNotChangeAnything() {
        for (String site : Set.of("cross-site", "same-site")) {
            // when
            HttpResponse<String> change =
                    send(open, "POST", "/echo", "Sec-Fetch-Site", site, "Origin", "https://evil.example");
            HttpResponse<String> link = send(open, "GET", "/thing", "Sec-Fetch-Site", site);
            HttpResponse<String> listed =
                    send(open, "POST", "/echo", "Sec-Fetch-Site", site, "Origin", "https://shop.example");

            // then
            assertEquals(403, change.statusCode());
            assertEquals("forbidden", new JsonObject(change.body()).getString("code"));
            assertEquals(200, link.statusCode());
            assertEquals(200, listed.statusCode());
        }
        assertEquals(
                200,
                send(open, "POST", "/echo", "Sec-Fetch-Site", "same-origin").statusCode());
        assertEquals(200, send(open, "POST", "/echo", "Sec-Fetch-Site", "none").statusCode());
    }
}
