package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.openapi.Contract;
import io.flashsale.openapi.Operation;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests over a real socket that requests are validated against the contract and that the contract is served. */
class ContractIT {
    private static final String CREATE = "/api/v1/product/create-product";

    private static TestNode node;
    private static Client admin;
    private static String product;

    @BeforeAll
    static void start() {
        node = TestNode.builder().start();
        admin = node.admin();
        product = TestNode.product(admin, 5, 0);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Map<String, String> errors(Answer answer) {
        return answer.json().getJsonArray("errors", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .collect(Collectors.toMap(error -> error.getString("field"), error -> error.getString("message")));
    }

    private static void assertRefused(Answer refused, String code, Map<String, String> fields) {
        assertEquals(400, refused.status(), refused.body());
        assertEquals(code, refused.code(), refused.body());
        assertEquals(fields, errors(refused));
    }

    static Stream<Arguments> queries() {
        return Stream.of(
                Arguments.of("/api/v1/product?limit=0", "validation-failed", Map.of("limit", "must be 1 to 100")),
                Arguments.of("/api/v1/product?limit=ten", "validation-failed", Map.of("limit", "must be 1 to 100")),
                Arguments.of("/api/v1/product?limit=", "validation-failed", Map.of("limit", "must be 1 to 100")),
                Arguments.of(
                        "/api/v1/product?limit=99999999999999999999",
                        "validation-failed",
                        Map.of("limit", "must be 1 to 100")),
                Arguments.of(
                        "/api/v1/product?limit=5&limit=6",
                        "malformed-request",
                        Map.of("limit", "is given more than once")),
                Arguments.of(
                        "/api/v1/product?Limit=5",
                        "malformed-request",
                        Map.of("Limit", "is not a parameter of this request")),
                Arguments.of(
                        "/api/v1/product?page=2&limit=0&cursor=",
                        "malformed-request",
                        Map.of(
                                "page", "is not a parameter of this request",
                                "limit", "must be 1 to 100",
                                "cursor", "must be the next cursor of a previous page")),
                Arguments.of(
                        "/api/v1/product/" + "p1?verbose=true",
                        "malformed-request",
                        Map.of("verbose", "is not a parameter of this request")),
                Arguments.of(
                        "/api/v1/product/" + "p1/events?since=1",
                        "malformed-request",
                        Map.of("since", "is not a parameter of this request")),
                Arguments.of("/docs?q=1", "malformed-request", Map.of("q", "is not a parameter of this request")));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void everyInvalidParameterIsNamed(String path, String code, Map<String, String> fields) {
        assertRefused(node.client().get(path), code, fields);
    }

    static Stream<Arguments> products() {
        return Stream.of(
                Arguments.of(
                        "{\"name\":\"\",\"price\":-1,\"currency\":\"usd\",\"stock\":10000001,\"perUserLimit\":-1,"
                                + "\"type\":\"No Type\",\"opensAt\":\"tomorrow\",\"cacheTtlSeconds\":1}",
                        "validation-failed",
                        Map.of(
                                "name",
                                "must have 1 to 200 characters, without control characters",
                                "price",
                                "must be 0 to 1000000000, in minor units",
                                "currency",
                                "must be an ISO 4217 code such as USD",
                                "stock",
                                "must be 0 to 10000000",
                                "perUserLimit",
                                "must be 0 (no limit) to 10000",
                                "type",
                                "must be 1 to 64 lower-case letters, digits and hyphens",
                                "opensAt",
                                "must be a time in ISO 8601, from 1970 to 9999, such as 2026-11-27T12:00:00Z",
                                "cacheTtlSeconds",
                                "must be 300 to 3600")),
                Arguments.of(
                        "{\"name\":1,\"price\":\"1\",\"stock\":1.5,\"paused\":\"yes\",\"closesAt\":5,\"colour\":\"red\"}",
                        "malformed-request",
                        Map.of(
                                "name", "must be a string",
                                "price", "must be an integer",
                                "currency", "is required",
                                "stock", "must be an integer",
                                "paused", "must be true or false",
                                "closesAt", "must be a string",
                                "colour", "is not a field of this request")),
                Arguments.of(
                        "{\"name\":null,\"price\":1,\"currency\":\"USD\",\"stock\":1}",
                        "validation-failed",
                        Map.of("name", "is required")),
                Arguments.of(
                        "{\"name\":\" \",\"price\":1,\"currency\":\"USD\",\"stock\":1}",
                        "validation-failed",
                        Map.of("name", "must have 1 to 200 characters, without control characters")),
                Arguments.of(
                        "{\"name\":\"x\",\"price\":1,\"currency\":\"USD\",\"stock\":99999999999999999999}",
                        "validation-failed",
                        Map.of("stock", "must be 0 to 10000000")),
                // A rule on two fields together.
                Arguments.of(
                        "{\"name\":\"x\",\"price\":1,\"currency\":\"USD\",\"stock\":1,"
                                + "\"opensAt\":\"2026-01-02T00:00Z\",\"closesAt\":\"2026-01-01T00:00Z\"}",
                        "validation-failed",
                        Map.of("closesAt", "must be after opensAt")));
    }

    @ParameterizedTest
    @MethodSource("products")
    void everyInvalidFieldOfAProductIsNamed(String body, String code, Map<String, String> fields) {
        assertRefused(admin.postText(CREATE, body), code, fields);
    }

    static Stream<Arguments> accounts() {
        return Stream.of(
                Arguments.of(
                        "{\"email\":\"ada\",\"password\":\"short\",\"name\":\"a\\u0001\"}",
                        "validation-failed",
                        Map.of(
                                "email", "must be an address such as ada@example.com",
                                "password",
                                        "must have 10 to 72 characters; accented letters and emoji count as several",
                                "name", "must have 1 to 100 characters, without control characters")),
                Arguments.of(
                        "{\"name\":\"Ada\\n\"}",
                        "validation-failed",
                        Map.of(
                                "email", "is required",
                                "password", "is required",
                                "name", "must have 1 to 100 characters, without control characters")),
                Arguments.of(
                        "{\"email\":\"ada@example.com\",\"password\":\"0123456789\",\"name\":\"" + "x".repeat(101)
                                + "\"}",
                        "validation-failed",
                        Map.of("name", "must have 1 to 100 characters, without control characters")),
                Arguments.of(
                        "{\"email\":[\"ada@example.com\"],\"password\":{},\"role\":\"admin\"}",
                        "malformed-request",
                        Map.of(
                                "email", "must be a string",
                                "password", "must be a string",
                                "role", "is not a field of this request")));
    }

    @ParameterizedTest
    @MethodSource("accounts")
    void everyInvalidFieldOfAnAccountIsNamed(String body, String code, Map<String, String> fields) {
        assertRefused(node.client().postText("/api/v1/auth/register", body), code, fields);
    }

    @Test
    void anInvalidHeaderIsRejectedAndNothingChanges() {
        // given
        String path = "/api/v1/product/update-product/" + product;
        JsonObject edit = new JsonObject().put("price", 1);

        // when
        Answer wrong = admin.put(path, edit, "If-Match", "one");
        Answer twice = admin.put(path, edit, "If-Match", "\"1\"", "If-Match", "\"2\"");
        Answer both = admin.put(path + "?force=1", new JsonObject().put("price", -1), "If-Match", "one");

        // then
        Map<String, String> version = Map.of("If-Match", "must be a version in quotes, such as \"3\"");
        assertRefused(wrong, "validation-failed", version);
        assertRefused(twice, "malformed-request", Map.of("If-Match", "is given more than once"));
        assertRefused(
                both,
                "malformed-request",
                Map.of(
                        "If-Match", version.get("If-Match"),
                        "force", "is not a parameter of this request",
                        "price", "must be 0 to 1000000000, in minor units"));
        assertEquals(
                4_999, node.client().get("/api/v1/product/" + product).json().getInteger("price"));
    }

    @Test
    void anOperationWithoutABodyRejectsFields() {
        // given
        Client user = node.user();

        // when
        Answer field = user.post("/api/v1/auth/logout", new JsonObject().put("everywhere", true));
        Answer empty = user.post("/api/v1/auth/logout", new JsonObject());

        // then
        assertRefused(field, "malformed-request", Map.of("everywhere", "is not a field of this request"));
        assertEquals(204, empty.status());
    }

    @Test
    void thePartsOfAPurchaseAreValidatedInOrder() {
        // given
        Client user = node.user();
        String path = "/api/v1/user/buy/" + product;
        JsonObject wrong = new JsonObject().put("quantity", 11).put("gift", true);

        // when
        Answer noKey = user.post(path, wrong);
        Answer noKeyOnAQuery = user.post(path + "?quantity=2");
        Answer all = user.post(path + "?quantity=2", wrong, "Idempotency-Key", "k");

        // then
        assertEquals("idempotency-key-missing", noKey.code());
        assertEquals("idempotency-key-missing", noKeyOnAQuery.code());
        assertRefused(
                all,
                "malformed-request",
                Map.of("quantity", "is not a parameter of this request", "gift", "is not a field of this request"));
    }

    /** An unauthorized request is rejected as such, whatever else is wrong with it. */
    @TestFactory
    Stream<DynamicTest> authorizationPrecedesValidation() {
        Client user = node.user();
        return Contract.load(Map.of()).operations().stream()
                .filter(operation -> operation.model().containsKey("security"))
                .map(operation -> DynamicTest.dynamicTest(operation.name(), () -> {
                    assertEquals(
                            "not-authenticated",
                            invalidRequest(node.client(), operation).code());
                    if (operation.model().getJsonArray("security").encode().contains("admin")) {
                        assertEquals(
                                "forbidden", invalidRequest(user, operation).code());
                    }
                }));
    }

    private static Answer invalidRequest(Client client, Operation operation) {
        String path = operation.template().replaceAll("\\{[^}]*}", "NO-ID") + "?unknown=1";
        return client.send(client.request(path)
                .header("Content-Type", "application/json")
                .method(operation.method().name(), BodyPublishers.ofString("{\"rubbish\":")));
    }

    @Test
    void theContractIsServedUnchanged() throws Exception {
        // when
        Answer file = node.client().get("/openapi.yaml");

        // then
        assertEquals("application/yaml", file.header("content-type"));
        assertEquals(Files.readString(Path.of("conf/openapi.yaml")), file.body());
    }

    @Test
    void thePageHasAStricterContentSecurityPolicy() {
        // when
        Answer page = node.client().get("/docs");
        Answer head = node.client().send(node.client().request("/docs").method("HEAD", BodyPublishers.noBody()));

        // then
        assertEquals("text/html; charset=utf-8", page.header("content-type"));
        String policy = page.header("content-security-policy");
        assertTrue(policy.startsWith("default-src 'none'; style-src 'sha256-"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("nosniff", page.header("x-content-type-options"));
        assertTrue(page.body().startsWith("<!doctype html>"));
        assertTrue(page.body().contains(" id=\"sold-out\""));
        assertEquals("", head.body());
        assertEquals(
                304,
                node.client().get("/docs", "If-None-Match", page.header("etag")).status());
    }

    @Test
    void theTypeOfAProblemLinksToItsExplanation() {
        // when
        Answer unknown = node.client().get("/api/v1/product/nosuchproduct");
        List<String> type = List.of(unknown.json().getString("type").split("#", 2));

        // then
        Answer page = node.client().get(type.get(0));
        assertEquals(200, page.status());
        assertTrue(page.body().contains(" id=\"" + type.get(1) + "\""));
    }
}
