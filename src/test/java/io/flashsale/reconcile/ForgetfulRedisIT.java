package io.flashsale.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.AheadClock;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.Polling;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that MongoDB's unique indexes prevent overselling after Redis has lost data unnoticed. */
class ForgetfulRedisIT {
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        // Scans are far enough apart for a purchase between a loss and its repair.
        node = TestNode.builder()
                .with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "10")
                .start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String userOf(Client client) {
        return client.get("/api/v1/user/profile").json().getString("userId");
    }

    @Test
    void aForgottenUnitIsNotSoldTwice() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Client bob = node.user();
        Answer first = ada.buy(product, "k");
        String unit = String.valueOf(first.json().getJsonArray("units").getInteger(0));

        // when: Redis takes the unit for free
        node.redis("HDEL", Keys.holder(product), unit);
        node.redis("SADD", Keys.free(product), unit);
        node.redis("INCR", Keys.stock(product));
        Answer collided = bob.buy(product, "k");
        Answer again = bob.buyWithRetries(product, "k");

        // then
        assertEquals("unavailable", collided.code(), collided.body());
        assertEquals(201, again.status(), again.body());
        assertNotEquals(first.json().getJsonArray("units"), again.json().getJsonArray("units"));
        assertEquals(first.json().getString("orderId"), node.redis("HGET", Keys.holder(product), unit));
        assertEquals(2, node.liveOrders(product).size());
        assertEquals("3", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void aForgottenBuyerDoesNotBuyTwice() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Answer first = ada.buy(product, "k");

        // when
        node.redis("DEL", Keys.user(userOf(ada), product));
        Answer second = ada.buy(product, "other");
        Answer third = ada.buyWithRetries(product, "third");

        // then
        assertEquals("purchase-limit-reached", second.code());
        assertEquals(first.json().getString("orderId"), second.json().getString("orderId"));
        assertEquals("purchase-limit-reached", third.code());
        assertEquals(1, node.liveOrders(product).size());
        awaitStock(product, "4");
    }

    @Test
    void aForgottenKeyStillLeadsToItsOrder() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 3);
        Client ada = node.user();
        Answer first = ada.buy(product, "k");

        // when
        String idempotency = Keys.idempotency(userOf(ada), product, new IdempotencyKey("k").hash());
        node.redis("DEL", idempotency);
        Answer retry = ada.buy(product, "k");

        // then
        assertEquals(201, retry.status(), retry.body());
        assertEquals(first.body(), retry.body());
        assertEquals("true", retry.header("idempotency-replayed"));
        assertEquals("4", node.redis("GET", Keys.stock(product)));
        node.redis("DEL", idempotency);
        assertEquals("idempotency-key-reused", ada.buy(product, "k", 2).code());
        assertEquals("4", node.redis("GET", Keys.stock(product)));
        assertEquals(201, ada.buy(product, "two more", 2).status(), "every slot was released");
    }

    @Test
    void aRetryIsAnsweredWhileTheKeysOfADeletedProductAreBeingDeleted() {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Answer won = ada.buy(product, "k");
        admin.delete("/api/v1/product/delete-product/" + product);

        // when
        node.redis(
                "DEL",
                Keys.idempotency(userOf(ada), product, new IdempotencyKey("k").hash()),
                Keys.user(userOf(ada), product));
        Answer retry = ada.buy(product, "k");

        // then
        assertEquals(201, retry.status(), retry.body());
        assertEquals(won.body(), retry.body());
        assertEquals("not-found", ada.buy(product, "another").code());
    }

    @Test
    void aLostOrderIsReportedAsFailedAndCannotBeCancelled() {
        // given: a reservation whose unit went to another order, as the reconciler records it
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Order placed = node.liveOrders(placedBy(ada, product)).get(0);
        ada.post("/api/v1/user/orders/" + placed.id() + "/cancel");
        Order lost = new Order(
                product + "-" + "a".repeat(32),
                product,
                placed.userId(),
                "hash",
                1,
                1,
                "USD",
                List.of(4),
                List.of(),
                OrderStatus.RESERVED,
                1,
                placed.reservedAt(),
                placed.reservedAt());
        TestNode.await(node.orders().recordFailed(lost));

        // when
        Answer read = ada.get("/api/v1/user/orders/" + lost.id());
        Answer cancel = ada.post("/api/v1/user/orders/" + lost.id() + "/cancel");

        // then
        assertEquals("failed", read.json().getString("status"));
        assertEquals(409, cancel.status());
        assertEquals("order-not-cancellable", cancel.code());
    }

    private static String placedBy(Client buyer, String product) {
        assertEquals(201, buyer.buy(product, "k").status());
        return product;
    }

    @Test
    void anUncertifiedSaleIsRebuiltByTheReconciler() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        node.user().buy(product, "k");

        // when
        node.redis("HSET", Keys.sale(product), "certifiedBy", "another/server");

        // then
        String certifiedBy = "another/server";
        for (int i = 0; i < 400 && (certifiedBy == null || certifiedBy.equals("another/server")); i++) {
            Thread.sleep(50);
            certifiedBy = node.redis("HGET", Keys.sale(product), "certifiedBy");
        }
        awaitStock(product, "4");
        assertTrue(Long.parseLong(node.redis("HGET", Keys.sale(product), "epoch")) > 1);
        assertEquals(201, node.user().buy(product, "k").status());
    }

    /** The order is written by a node of the previous epoch, and cancelled before a scan, so no repair adopts it. */
    @Test
    void aLateRetryGetsAnOrderThatIsMissingInRedis() throws Exception {
        AheadClock clock = new AheadClock();
        try (TestNode later = TestNode.builder().at(clock).start()) {
            // given: a sale of one unit that was recovered once and has refused a buyer since
            String product = TestNode.product(later.admin(), 1, 0);
            later.redis("HSET", Keys.sale(product), "certifiedBy", "another/server");
            Client ada = later.user();
            Client bob = later.user();
            Answer bought = ada.buyWithRetries(product, "k");
            assertEquals("sold-out", bob.buy(product, "k").code());
            String order = bought.json().getString("orderId");
            assertEquals(
                    200, ada.post("/api/v1/user/orders/" + order + "/cancel").status());
            awaitStock(product, "1");
            node.redis("DEL", Keys.idempotency(userOf(ada), product, new IdempotencyKey("k")));

            // when
            Answer sold = bob.buy(product, "another");
            clock.advance(Duration.ofMinutes(5));
            Answer retried = ada.buy(product, "k");

            // then
            assertEquals(201, sold.status());
            assertEquals(201, retried.status(), retried.body());
            assertEquals("true", retried.header("idempotency-replayed"));
            assertEquals(bought.json(), retried.json());
            assertEquals("sold-out", ada.buy(product, "another").code());
        }
    }

    @Test
    void unitsThatAreNeitherHeldNorFreeAreFoundAndSoldAgain() throws Exception {
        // given: an order that is cancelled in MongoDB only
        String product = TestNode.product(admin, 5, 0);
        node.user().buy(product, "k", 3);
        Client ada = node.user();
        Answer cancelled = ada.buy(product, "cancelled");
        TestNode.await(node.orders().cancel(cancelled.json().getString("orderId")));
        String lost = String.valueOf(cancelled.json().getJsonArray("units").getInteger(0));
        assertEquals("1", node.redis("GET", Keys.stock(product)));

        // when: the node died after the cancellation in MongoDB, before it gave the unit back
        awaitStock(product, "2");

        // then
        assertEquals("1", node.redis("SISMEMBER", Keys.free(product), lost));
        node.redis("SREM", Keys.free(product), lost);
        node.redis("DECR", Keys.stock(product));
        awaitStock(product, "2");
        assertEquals(201, node.user().buy(product, "all that is left", 2).status());
    }

    /** A replaced master cancelled the order and sold the unit again: the first buyer must be able to buy again. */
    @Test
    void theSlotOfACancelledOrderIsReleasedThoughTheUnitWasSoldAgain() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Client ada = node.user();
        Client bob = node.user();
        String cancelled = ada.buy(product, "k").json().getString("orderId");
        node.awaitEmptyOutbox(product);
        TestNode.await(node.orders().cancel(cancelled));
        node.redis("HDEL", Keys.holder(product), "1");
        node.redis("SADD", Keys.free(product), "1");
        node.redis("INCR", Keys.stock(product));
        Answer sold = bob.buy(product, "k");

        // when: this copy of the data still has the cancelled order
        node.redis("HSET", Keys.holder(product), "1", cancelled);

        // then
        String holder = cancelled;
        for (int i = 0; i < 400 && cancelled.equals(holder); i++) {
            Thread.sleep(50);
            holder = node.redis("HGET", Keys.holder(product), "1");
        }
        assertEquals(sold.json().getString("orderId"), holder);
        assertEquals("0", node.redis("HLEN", Keys.user(userOf(ada), product)));
        assertEquals(201, ada.buy(product, "again").status());
        assertEquals("3", node.redis("GET", Keys.stock(product)));
    }

    @Test
    void aUnitThatIsSoldInMongoDbIsNoLongerFree() throws Exception {
        // given
        String product = TestNode.product(admin, 5, 1);
        Answer sold = node.user().buy(product, "k");
        String unit = String.valueOf(sold.json().getJsonArray("units").getInteger(0));

        // when
        node.redis("HDEL", Keys.holder(product), unit);
        node.redis("SADD", Keys.free(product), unit);
        node.redis("INCR", Keys.stock(product));

        // then
        awaitStock(product, "4");
        assertEquals(sold.json().getString("orderId"), node.redis("HGET", Keys.holder(product), unit));
    }

    private static void awaitStock(String product, String expected) {
        Polling.await(
                "stock " + expected,
                Duration.ofSeconds(20),
                Duration.ofMillis(50),
                () -> expected.equals(node.redis("GET", Keys.stock(product))));
    }
}
