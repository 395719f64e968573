package io.flashsale.purchase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies purchases over a real socket, on a real Redis and a MongoDB-wire server. */
class PurchaseIT {
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        node = TestNode.builder().start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void buysOneUnitAndReturnsItsLocation() {
        // given
        String product = TestNode.product(admin, 2, 1);
        Client ada = node.user();

        // when
        Answer bought = ada.buy(product, "first");

        // then
        assertEquals(201, bought.status(), bought.body());
        JsonObject order = bought.json();
        assertEquals(product, order.getString("productId"));
        assertEquals(1, order.getInteger("quantity"));
        assertEquals(4_999, order.getInteger("unitPrice"));
        assertEquals(4_999, order.getInteger("total"));
        assertEquals("USD", order.getString("currency"));
        assertEquals(1, order.getJsonArray("units").size());
        Instant.parse(order.getString("reservedAt"));
        assertEquals("/api/v1/user/orders/" + order.getString("orderId"), bought.header("location"));
        assertNull(bought.header("idempotency-replayed"));
        Answer read = ada.get(bought.header("location"));
        assertEquals("placed", read.json().getString("status"));
    }

    @Test
    void answersARetryWithTheSameBodyAHundredTimes() {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Answer first = ada.buy(product, "again");

        for (int i = 0; i < 100; i++) {
            // when
            Answer retry = ada.buy(product, "again");

            // then
            assertEquals(201, retry.status());
            assertEquals(first.body(), retry.body());
            assertEquals("true", retry.header("idempotency-replayed"));
            assertNotEquals(first.header("x-request-id"), retry.header("x-request-id"));
        }
        assertEquals(4, remaining(product));
    }

    @Test
    void answersAWinnersRetryAfterSellOutAndAfterCancelling() {
        // given
        String product = TestNode.product(admin, 1, 1);
        Client winner = node.user();
        Answer won = winner.buy(product, "won");
        Answer late = node.user().buy(product, "late");
        assertEquals("sold-out", late.code());

        // when
        Answer afterSellOut = winner.buy(product, "won");
        winner.post("/api/v1/user/orders/" + won.json().getString("orderId") + "/cancel");
        Answer afterCancelling = winner.buy(product, "won");

        // then
        assertEquals(won.body(), afterSellOut.body());
        assertEquals(201, afterSellOut.status());
        assertEquals(won.body(), afterCancelling.body());
        assertEquals(201, afterCancelling.status());
        assertEquals(1, remaining(product));
    }

    @Test
    void refusesTheSameKeyForAnotherQuantity() {
        // given
        String product = TestNode.product(admin, 9, 0);
        Client ada = node.user();
        ada.buy(product, "key", 2);

        // when
        Answer other = ada.buy(product, "key", 3);

        // then
        assertEquals(422, other.status());
        assertEquals("idempotency-key-reused", other.code());
        assertEquals(7, remaining(product));
    }

    @Test
    void keysAreScopedToUserAndProduct() {
        // given
        String one = TestNode.product(admin, 9, 1);
        String two = TestNode.product(admin, 9, 1);
        Client ada = node.user();

        // when
        Answer first = ada.buy(one, "same");
        Answer otherProduct = ada.buy(two, "same");
        Answer otherUser = node.user().buy(one, "same");

        // then
        assertEquals(List.of(201, 201, 201), List.of(first.status(), otherProduct.status(), otherUser.status()));
        assertNotEquals(first.json().getString("orderId"), otherUser.json().getString("orderId"));
        assertNull(otherUser.header("idempotency-replayed"));
    }

    @Test
    void refusesASecondUnitAndReturnsTheFirstOrder() {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client ada = node.user();
        String orderId = ada.buy(product, "one").json().getString("orderId");

        // when
        Answer second = ada.buy(product, "two");

        // then
        assertEquals(409, second.status());
        assertEquals("purchase-limit-reached", second.code());
        assertEquals(orderId, second.json().getString("orderId"));
        assertEquals(8, remaining(product));
    }

    @Test
    void countsTheLimitInUnits() {
        // given
        String product = TestNode.product(admin, 9, 3);
        Client ada = node.user();

        // when
        Answer two = ada.buy(product, "two", 2);
        Answer twoMore = ada.buy(product, "more", 2);
        Answer lastOne = ada.buy(product, "last", 1);

        // then
        assertEquals(201, two.status());
        assertEquals("purchase-limit-reached", twoMore.code());
        assertEquals(201, lastOne.status());
        assertEquals(6, remaining(product));
    }

    @Test
    void aRefusalBindsNoKey() {
        // given
        String product = TestNode.product(admin, 1, 1);
        Client winner = node.user();
        Client late = node.user();
        Answer won = winner.buy(product, "won");
        assertEquals("sold-out", late.buy(product, "late").code());

        // when
        winner.post("/api/v1/user/orders/" + won.json().getString("orderId") + "/cancel");
        Answer again = late.buy(product, "late");

        // then
        assertEquals(201, again.status());
        assertNull(again.header("idempotency-replayed"));
        assertEquals(0, remaining(product));
    }

    @Test
    void reportsTheRemainingUnitsIfTooManyAreRequested() {
        // given
        String product = TestNode.product(admin, 3, 0);

        // when
        Answer tooMany = node.user().buy(product, "many", 4);

        // then
        assertEquals("insufficient-stock", tooMany.code());
        assertEquals(3, tooMany.json().getInteger("remaining"));
    }

    @Test
    void sellsOnlyWithinItsWindowAndNotWhilePaused() {
        // given
        String product = TestNode.product(admin, 3, 0);
        Client ada = node.user();
        String path = "/api/v1/product/update-product/" + product;
        Instant later = Instant.now().plusSeconds(3_600);

        // when
        admin.put(path, new JsonObject().put("opensAt", later.toString()));
        Answer before = ada.buy(product, "a");
        admin.put(path, new JsonObject().putNull("opensAt").put("closesAt", "2020-01-01T00:00:00Z"));
        Answer after = ada.buy(product, "a");
        admin.put(path, new JsonObject().putNull("closesAt").put("paused", true));
        Answer paused = ada.buy(product, "a");
        admin.put(path, new JsonObject().put("paused", false));
        Answer open = ada.buy(product, "a");

        // then
        assertEquals("sale-not-open", before.code());
        assertEquals(
                later.toEpochMilli(),
                Instant.parse(before.json().getString("opensAt")).toEpochMilli());
        assertEquals("sale-not-open", after.code());
        assertEquals("2020-01-01T00:00:00.000Z", after.json().getString("closesAt"));
        assertEquals("sale-not-open", paused.code());
        assertEquals(201, open.status());
    }

    @Test
    void cancelsOnceAndLetsTheBuyerBuyAgain() {
        // given
        String product = TestNode.product(admin, 1, 1);
        Client ada = node.user();
        String order = "/api/v1/user/orders/" + ada.buy(product, "one").json().getString("orderId");

        // when
        Answer cancelled = ada.post(order + "/cancel");
        Answer twice = ada.post(order + "/cancel");
        Answer again = ada.buy(product, "two");

        // then
        assertEquals(200, cancelled.status());
        assertEquals("cancelled", cancelled.json().getString("status"));
        assertEquals(200, twice.status());
        assertEquals(201, again.status());
        assertEquals(0, remaining(product));
    }

    @Test
    void anotherUsersOrderIsNotFound() {
        // given
        String product = TestNode.product(admin, 1, 1);
        String order =
                "/api/v1/user/orders/" + node.user().buy(product, "x").json().getString("orderId");
        Client mallory = node.user();

        // when
        Answer read = mallory.get(order);
        Answer cancel = mallory.post(order + "/cancel");

        // then
        assertEquals("not-found", read.code());
        assertEquals("not-found", cancel.code());
        assertEquals(0, remaining(product));
    }

    @Test
    void listsOwnOrdersNewestFirstInPages() {
        // given
        String product = TestNode.product(admin, 9, 0);
        Client ada = node.user();
        List<String> bought = Stream.of("a", "b", "c")
                .map(key -> ada.buy(product, key).json().getString("orderId"))
                .toList();

        // when
        JsonObject first = ada.get("/api/v1/user/orders?limit=2").json();
        JsonObject second = ada.get("/api/v1/user/orders?limit=2&cursor=" + first.getString("next"))
                .json();

        // then
        List<String> listed = Stream.concat(first.getJsonArray("items").stream(), second.getJsonArray("items").stream())
                .map(item -> ((JsonObject) item).getString("orderId"))
                .toList();
        assertEquals(List.of(bought.get(2), bought.get(1), bought.get(0)), listed);
        assertNull(second.getString("next"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "11", "1099511627776", "99999999999999999999999999"})
    void refusesAQuantityOutOfRange(String quantity) {
        // given
        String product = TestNode.product(admin, 9, 0);

        // when
        Answer refused = node.user()
                .postText("/api/v1/user/buy/" + product, "{\"quantity\":" + quantity + "}", "Idempotency-Key", "k");

        // then
        assertEquals("validation-failed", refused.code());
        assertEquals(
                "quantity",
                refused.json().getJsonArray("errors").getJsonObject(0).getString("field"));
        assertEquals(9, remaining(product));
    }

    static Stream<String> malformedBodies() {
        return Stream.of(
                "{\"quantity\":\"2\"}",
                "{\"quantity\":1.5}",
                "{\"quantity\":true}",
                "{\"quantity\":[1]}",
                "{\"quantity\":{}}",
                "{\"quantity\":1,\"quantity\":2}",
                "{\"price\":1}",
                "{\"quantity\":1}{}",
                "{\"quantity\":1",
                "[1]",
                "\"x\"",
                "null",
                "{'quantity':1}",
                "not json",
                "{\"quantity\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}");
    }

    @ParameterizedTest
    @MethodSource("malformedBodies")
    void refusesAMalformedBody(String body) {
        // given
        String product = TestNode.product(admin, 9, 0);

        // when
        Answer refused = node.user().postText("/api/v1/user/buy/" + product, body, "Idempotency-Key", "k");

        // then
        assertEquals("malformed-request", refused.code(), refused.body());
        assertEquals(400, refused.status());
        assertEquals(9, remaining(product));
    }

    @Test
    void refusesInvalidIdempotencyKeys() {
        // given
        String product = TestNode.product(admin, 9, 0);
        Client ada = node.user();
        String path = "/api/v1/user/buy/" + product;

        // when
        Answer missing = ada.post(path);
        Answer tooLong = ada.post(path, "Idempotency-Key", "k".repeat(256));
        Answer empty = ada.post(path, "Idempotency-Key", "");
        Answer twice = ada.post(path, "Idempotency-Key", "a", "Idempotency-Key", "b");
        Answer longest = ada.post(path, "Idempotency-Key", "k".repeat(255));
        Answer braces = ada.post(path, "Idempotency-Key", "{x}:{y} \"quoted\"");

        // then
        assertEquals("idempotency-key-missing", missing.code());
        for (Answer invalid : List.of(tooLong, empty, twice)) {
            assertEquals("idempotency-key-invalid", invalid.code());
        }
        assertEquals(201, longest.status());
        assertEquals(201, braces.status());
        assertEquals(7, remaining(product));
    }

    @Test
    void anUnknownProductIsNotFound() {
        // when
        Answer unknown = node.user().buy("aaaaaaaaaaaaaaaa", "k");
        Answer illFormed = node.user().buy("%7Bx%7D", "k");

        // then
        assertEquals("not-found", unknown.code());
        assertEquals("not-found", illFormed.code());
    }

    @Test
    void aDeletedProductIsGoneButItsWinnersRetryIsAnswered() {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client winner = node.user();
        Answer won = winner.buy(product, "won");

        // when
        Answer deleted = admin.delete("/api/v1/product/delete-product/" + product);

        // then
        assertEquals(204, deleted.status());
        assertEquals("not-found", node.user().buy(product, "late").code());
        assertEquals(404, node.client().get("/api/v1/product/" + product).status());
        Answer retry = winner.buy(product, "won");
        assertEquals(201, retry.status(), retry.body());
        assertEquals(won.body(), retry.body());
        assertEquals(200, winner.get(won.header("location")).status());
    }

    @Test
    void requiresASessionWithAVerifiedCode() {
        // given
        String product = TestNode.product(admin, 9, 1);
        Client halfway = node.client();
        String email = Client.freshEmail();
        JsonObject credentials = new JsonObject().put("email", email).put("password", Client.PASSWORD);
        halfway.post("/api/v1/auth/register", credentials);
        halfway.post("/api/v1/auth/login", credentials);

        // when
        Answer noSession = node.client().buy(product, "k");
        Answer noCode = halfway.buy(product, "k");

        // then
        assertEquals("not-authenticated", noSession.code());
        assertTrue(noSession.json().getString("detail").contains("sign in again"));
        assertEquals("otp-required", noCode.code());
        assertEquals(9, remaining(product));
    }

    private static int remaining(String product) {
        return node.client().get("/api/v1/product/" + product).json().getInteger("remaining");
    }
}
