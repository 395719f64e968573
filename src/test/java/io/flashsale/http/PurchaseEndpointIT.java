package io.flashsale.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.async.LocalCodec;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.PurchaseOutcome.Kind;
import io.flashsale.http.endpoint.PurchaseEndpoint;
import io.flashsale.purchase.ConcurrencyLimiter;
import io.flashsale.purchase.PurchaseClient;
import io.flashsale.purchase.PurchaseCommand;
import io.flashsale.purchase.PurchaseMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the response to every outcome of a purchase with the real endpoint and client; the test is the consumer. */
class PurchaseEndpointIT {
    private static final Instant AT = Instant.parse("2026-11-27T12:00:00Z");
    private static final Order ORDER = new Order(
            "p1-x", "p1", "u1", "keyhash", 2, 4_999, "USD", List.of(7, 8), List.of(), OrderStatus.PLACED, 1, AT, AT);

    private TestServer server;
    private PurchaseOutcome outcome;
    private PurchaseCommand received;

    @BeforeEach
    void start() {
        TestServer.Setup setup = new TestServer.Setup();
        setup.routes = (table, vertx) -> {
            LocalCodec.register(vertx.eventBus(), PurchaseCommand.class);
            LocalCodec.registerSealed(vertx.eventBus(), PurchaseOutcome.class);
            vertx.eventBus().<PurchaseCommand>localConsumer("flashsale.purchase.buy", message -> {
                received = message.body();
                if (outcome != null) {
                    message.reply(outcome);
                }
            });
            PurchaseClient client = purchaseClient(vertx);
            table.add(
                    HttpMethod.POST,
                    "/buy/:productId",
                    TestServer.SECURITY_HANDLER,
                    TestServer.steps(new PurchaseEndpoint(client)::buy));
        };
        server = setup.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String buy(String headers, String body) throws IOException {
        return server.once("POST /buy/p1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n" + headers + "\r\n" + body);
    }

    private static JsonObject body(String answer) {
        return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    private static PurchaseOutcome outcome(Kind kind) {
        return switch (kind) {
            case PLACED -> new PurchaseOutcome.Placed(ORDER, false);
            case RESERVED -> new PurchaseOutcome.Reserved(ORDER, false);
            case KEY_REUSED -> new PurchaseOutcome.KeyReused();
            case LIMIT_REACHED -> new PurchaseOutcome.LimitReached("p1-latest");
            case NOT_OPEN -> new PurchaseOutcome.NotOpen(AT, AT.plusSeconds(60));
            case SOLD_OUT -> new PurchaseOutcome.SoldOut();
            case INSUFFICIENT_STOCK -> new PurchaseOutcome.InsufficientStock(1);
            case UNKNOWN_PRODUCT -> new PurchaseOutcome.UnknownProduct();
            case OVERLOADED -> new PurchaseOutcome.Overloaded();
            case UNAVAILABLE -> new PurchaseOutcome.Unavailable();
        };
    }

    @ParameterizedTest
    @CsvSource({"PLACED,201", "RESERVED,202"})
    void aSuccessHasTheOrderAndItsLocation(Kind kind, int status) throws IOException {
        // given
        outcome = outcome(kind);

        // when
        String answer = buy("Idempotency-Key: k\r\n", "{\"quantity\":2}");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("Location: /api/v1/user/orders/p1-x\r\n"), answer);
        assertFalse(answer.contains("Idempotency-Replayed"), answer);
        assertEquals(
                new JsonObject()
                        .put("orderId", "p1-x")
                        .put("productId", "p1")
                        .put("quantity", 2)
                        .put("unitPrice", 4_999)
                        .put("total", 9_998)
                        .put("currency", "USD")
                        .put("units", new JsonArray().add(7).add(8))
                        .put("reservedAt", "2026-11-27T12:00:00.000Z"),
                body(answer));
        assertEquals("u1", received.userId());
        assertEquals("p1", received.productId());
        assertEquals("k", received.key().value());
        assertEquals(2, received.quantity());
    }

    @Test
    void aReplayIsMarked() throws IOException {
        // given
        outcome = new PurchaseOutcome.Placed(ORDER, true);

        // when
        String answer = buy("Idempotency-Key: k\r\n", "");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
        assertTrue(answer.contains("Idempotency-Replayed: true\r\n"), answer);
        assertEquals(1, received.quantity());
    }

    @ParameterizedTest
    @CsvSource({
        "KEY_REUSED,422,idempotency-key-reused,,",
        "LIMIT_REACHED,409,purchase-limit-reached,orderId,p1-latest",
        "NOT_OPEN,409,sale-not-open,opensAt,2026-11-27T12:00:00.000Z",
        "NOT_OPEN,409,sale-not-open,closesAt,2026-11-27T12:01:00.000Z",
        "SOLD_OUT,409,sold-out,,",
        "INSUFFICIENT_STOCK,409,insufficient-stock,remaining,1",
        "UNKNOWN_PRODUCT,404,not-found,,",
        "OVERLOADED,503,overloaded,,",
        "UNAVAILABLE,503,unavailable,,"
    })
    void aRejectionHasTheHelpfulMembers(Kind kind, int status, String code, String member, String value)
            throws IOException {
        // given
        outcome = outcome(kind);

        // when
        String answer = buy("Idempotency-Key: k\r\n", "{}");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertEquals(code, body(answer).getString("code"));
        assertEquals(status == 503, answer.contains("Retry-After: 1\r\n"), answer);
        if (member != null) {
            assertEquals(value, String.valueOf(body(answer).getValue(member)));
        }
        assertFalse(answer.contains("Location"), answer);
    }

    @Test
    void aTimeoutIsAnUnknownOutcome() throws IOException {
        // given
        outcome = null;

        // when
        String answer = buy("Idempotency-Key: k\r\n", "");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertEquals("unavailable", body(answer).getString("code"));
        assertTrue(body(answer).getString("detail").contains("same Idempotency-Key"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key:\r\n",
                "Idempotency-Key:   \r\n",
                "Idempotency-Key: \u00e9\r\n",
                "Idempotency-Key: a\tb\r\n",
                "Idempotency-Key: a\r\nIdempotency-Key: a\r\n",
                "Idempotency-Key: a\r\nidempotency-key: b\r\n"
            })
    void anInvalidOrRepeatedKeyIsRejectedFirst(String headers) throws IOException {
        // given
        outcome = outcome(Kind.PLACED);

        // when
        String answer = buy(headers, "");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertEquals("idempotency-key-invalid", body(answer).getString("code"));
        assertEquals(null, received);
    }

    @Test
    void theLengthOfAKeyIsLimited() throws IOException {
        // given
        outcome = outcome(Kind.PLACED);

        // when
        String longest = buy("Idempotency-Key: " + "k".repeat(255) + "\r\n", "");
        String tooLong = buy("Idempotency-Key: " + "k".repeat(256) + "\r\n", "");

        // then
        assertTrue(longest.startsWith("HTTP/1.1 201 "), longest);
        assertEquals("idempotency-key-invalid", body(tooLong).getString("code"));
    }

    @Test
    void aMissingKeyIsRejected() throws IOException {
        assertEquals("idempotency-key-missing", body(buy("", "")).getString("code"));
    }

    @ParameterizedTest
    @CsvSource({
        "0,validation-failed", "-1,validation-failed", "11,validation-failed", "1099511627776,validation-failed",
        "'\"1\"',malformed-request", "1.0,malformed-request", "null,malformed-request", "true,malformed-request",
        "[1],malformed-request"
    })
    void anInvalidQuantityIsRejected(String quantity, String code) throws IOException {
        // given
        outcome = outcome(Kind.PLACED);

        // when
        JsonObject problem = body(buy("Idempotency-Key: k\r\n", "{\"quantity\":" + quantity + "}"));

        // then
        assertEquals(code, problem.getString("code"));
        assertEquals("quantity", problem.getJsonArray("errors").getJsonObject(0).getString("field"));
        assertEquals(null, received);
    }

    @ParameterizedTest
    @ValueSource(strings = {"P1", "p-1", "p1{x}", "%20", "..%2f", "p1%00", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void aMalformedProductIdIsUnknownWithoutALookup(String id) throws IOException {
        // given
        outcome = outcome(Kind.PLACED);

        // when
        String answer = server.once(
                "POST /buy/" + id + " HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n" + "Content-Length: 0\r\n\r\n");

        // then
        assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
        assertEquals(null, received);
    }

    private static PurchaseClient purchaseClient(io.vertx.core.Vertx vertx) {
        ConcurrencyLimiter concurrencyLimiter = new ConcurrencyLimiter(10);
        PurchaseMetrics metrics = new PurchaseMetrics(new SimpleMeterRegistry(), concurrencyLimiter);
        return new PurchaseClient(vertx, concurrencyLimiter, metrics, Duration.ofMillis(500));
    }
}
