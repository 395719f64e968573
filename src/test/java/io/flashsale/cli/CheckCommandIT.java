package io.flashsale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.reconcile.ConsistencyCheck;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An audit sees every difference that lasts, and none where buyers are only quicker than it reads. */
class CheckCommandIT {
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        // Nothing is repaired before it is seen.
        node = TestNode.builder().with("FLASHSALE_RECONCILE_INTERVAL", "1h").start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String cancelPath(Answer bought) {
        return "/api/v1/user/orders/" + bought.json().getString("orderId") + "/cancel";
    }

    @Test
    void everyUnitIsCounted() {
        // given: five units off sale, three sold, two of them given back
        String product = TestNode.product(admin, 25, 0);
        admin.put("/api/v1/products/update-product/" + product, new JsonObject().put("stock", 20));
        Client ada = node.user();
        Answer two = ada.buy(product, "two", 2);
        ada.buy(product, "one", 1);
        ada.post(cancelPath(two));

        // when
        ConsistencyCheck.Line line = node.audit(product);

        // then
        assertTrue(line.agrees(), line::toString);
        assertEquals(20, line.onSale());
        assertEquals(19, line.free());
        assertEquals(1, line.sold());
        assertEquals(2, line.returned());
        assertEquals(5, line.onHold());
        assertEquals(0, line.inOutbox());
        assertEquals(0, line.difference());
    }

    @Test
    void buyersMakeNoDifference() {
        // given: buyers who buy and cancel all the while
        String product = TestNode.product(admin, 500, 0);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> rush = IntStream.range(0, 8)
                .mapToObj(i -> node.user())
                .map(buyer -> CompletableFuture.supplyAsync(() -> buyAndCancel(buyer, product, over)))
                .toList();

        // when
        List<ConsistencyCheck.Line> lines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            lines.add(node.audit(product));
        }
        over.set(true);
        int bought = rush.stream().mapToInt(CompletableFuture::join).sum();

        // then
        assertTrue(bought > 100, "there was no rush: " + bought);
        lines.forEach(line -> assertTrue(line.agrees(), line::toString));
        assertTrue(node.audit(product).agrees());
    }

    private static int buyAndCancel(Client buyer, String product, AtomicBoolean over) {
        int bought = 0;
        while (!over.get()) {
            Answer answer = buyer.buy(product, "key-" + bought++);
            if (answer.status() == 201 && bought % 3 == 0) {
                buyer.post(cancelPath(answer));
            }
        }
        return bought;
    }

    @Test
    void whateverDiffersIsCounted() {
        // given: a holder who is forgotten, a unit that is free here and sold there, and one unit too many in the
        // counter
        String product = TestNode.product(admin, 10, 0);
        Client ada = node.user();
        ada.buy(product, "one");
        ada.buy(product, "two");
        node.redis("HDEL", Keys.holder(product), "1");
        node.redis("HDEL", Keys.holder(product), "2");
        node.redis("SADD", Keys.free(product), "2");
        node.redis("INCRBY", Keys.stock(product), "2");

        // when
        ConsistencyCheck.Line line = node.audit(product);

        // then
        assertFalse(line.agrees(), line::toString);
        assertEquals(3, line.difference());
    }

    @Test
    void aSaleThatStaysClosedIsNotWell() {
        // given
        String product = TestNode.product(admin, 10, 0);
        node.redis("HSET", Keys.sale(product), "certifiedBy", "another server");

        // when
        ConsistencyCheck.Line line = node.audit(product);

        // then
        assertFalse(line.agrees(), line::toString);
        assertEquals("uncertified", line.state());
    }

    /** A stop has to end within a time limit; a check that reads two stores twice may take longer. */
    @Test
    void theTimeLimitOfAStopDoesNotEndIt() {
        // given: a check pauses for two seconds between its looks
        int stopSeconds = 1;
        String database = TestStores.freshDatabase();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (TestNode own =
                TestNode.builder().with("FLASHSALE_MONGODB_DATABASE", database).start()) {
            String product = TestNode.product(own.admin(), 10, 0);
            Map<String, String> environment = Map.of(
                    "REDIS_URI", TestStores.shared().redisUri(),
                    "MONGODB_URI", TestStores.shared().mongoUri(),
                    "FLASHSALE_MONGODB_DATABASE", database);

            // when
            int exitCode = CheckCommand.run(environment, true, stopSeconds, new PrintStream(said, true, UTF_8));

            // then
            assertEquals(0, exitCode);
            JsonObject found = new JsonObject(said.toString(UTF_8));
            assertTrue(found.getBoolean("agrees"), found::encode);
            assertTrue(found.getJsonArray("products").encode().contains(product), found::encode);
        }
    }
}
