package io.flashsale.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verifies that responses outside the contract are detected: the negative control of every test over HTTP. */
class AnswerCheckTest {
    private static final String BUY = "/api/v1/user/buy/p1";
    private static final Map<String, String> HEADERS = Map.of(
            "content-type", "application/json",
            "x-request-id", "abc",
            "location", "/api/v1/user/orders/p1-x");

    private static JsonObject receipt() {
        return new JsonObject()
                .put("orderId", "p1-x")
                .put("productId", "p1")
                .put("quantity", 1)
                .put("unitPrice", 4_999)
                .put("total", 4_999)
                .put("currency", "USD")
                .put("units", new JsonArray().add(1))
                .put("reservedAt", "2026-11-27T12:00:00.000Z");
    }

    private static JsonObject problem(String code, int status) {
        return new JsonObject()
                .put("type", "/docs#" + code)
                .put("title", "t")
                .put("status", status)
                .put("detail", "d")
                .put("code", code)
                .put("requestId", "abc");
    }

    private static List<String> bought(int status, Map<String, String> headers, JsonObject body) {
        return AnswerCheck.mistakes("POST", BUY, new Answer(status, headers, body.encode()));
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put(name, value);
        return headers;
    }

    @Test
    void aResponseOfTheContractPasses() {
        assertEquals(List.of(), bought(201, HEADERS, receipt()));
        assertEquals(List.of(), bought(202, with("idempotency-replayed", "true"), receipt()));
    }

    @Test
    void anUnlistedStatusIsFound() {
        assertEquals(List.of("the status is not listed"), bought(200, HEADERS, receipt()));
        assertEquals(
                List.of("the status is not listed"),
                AnswerCheck.mistakes("GET", "/api/v1/nowhere", new Answer(200, HEADERS, "{}")));
    }

    @Test
    void aMissingInvalidOrUnlistedHeaderIsFound() {
        Map<String, String> without = new HashMap<>(HEADERS);
        without.remove("location");

        assertEquals(List.of("no header Location"), bought(201, without, receipt()));
        assertEquals(
                List.of("header Idempotency-Replayed is yes"),
                bought(201, with("idempotency-replayed", "yes"), receipt()));
        assertEquals(List.of("header ETag is not listed"), bought(201, with("etag", "W/\"1\""), receipt()));
    }

    @ParameterizedTest
    @CsvSource({"orderId", "units", "reservedAt"})
    void aMissingFieldIsFound(String field) {
        JsonObject less = receipt();
        less.remove(field);

        assertEquals(1, bought(201, HEADERS, less).size());
    }

    @Test
    void anUnlistedFieldOrAnotherTypeIsFound() {
        assertEquals(1, bought(201, HEADERS, receipt().put("userId", "u1")).size());
        assertEquals(1, bought(201, HEADERS, receipt().put("total", "4999")).size());
        assertEquals(
                1, bought(201, HEADERS, receipt().put("reservedAt", "today")).size());
        assertEquals(
                1, bought(201, HEADERS, receipt().put("units", new JsonArray())).size());
    }

    @Test
    void anotherContentTypeIsFound() {
        assertEquals(List.of("content type text/plain"), bought(201, with("content-type", "text/plain"), receipt()));
    }

    @Test
    void anUnlistedProblemIsFound() {
        Map<String, String> headers = Map.of("content-type", "application/problem+json", "x-request-id", "abc");

        assertEquals(List.of(), bought(409, headers, problem("sold-out", 409)));
        assertEquals(1, bought(409, headers, problem("email-taken", 409)).size());
        assertEquals(
                1,
                bought(409, headers, problem("sold-out", 409).put("stock", 0)).size());
        assertEquals(List.of("no header Retry-After"), bought(503, headers, problem("unavailable", 503)));
    }

    @Test
    void aDifferenceFailsTheTestAndNamesTheRequest() {
        Answer answer = new Answer(200, HEADERS, receipt().encode());

        AssertionError error = assertThrows(AssertionError.class, () -> AnswerCheck.check("POST", BUY, answer));

        assertTrue(error.getMessage().contains(BUY), error.getMessage());
    }
}
