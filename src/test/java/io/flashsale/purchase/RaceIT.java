package io.flashsale.purchase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Order;
import io.flashsale.redis.Keys;
import io.flashsale.redis.Script;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.flashsale.support.TestStores;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lets 500 buyers compete for 50 units; each of them sends the request twice. */
class RaceIT {
    private static final int BUYERS = 500;
    private static final int STOCK = 50;

    /** Holds the responses and the contents of both stores. */
    private record Result(Map<Integer, List<Answer>> answers, List<Order> stored, int remaining, int held) {
        /** Returns all violations; empty if there are none. */
        List<String> violations() {
            List<String> violations = new ArrayList<>();
            Set<Object> units = new HashSet<>();
            int sold = 0;
            for (List<Answer> pair : answers.values()) {
                Set<String> bodies = new HashSet<>();
                for (Answer answer : pair) {
                    if (answer.status() == 201) {
                        bodies.add(answer.body());
                    } else if (!"sold-out".equals(answer.code())) {
                        violations.add("an answer of " + answer.status() + " " + answer.code());
                    }
                }
                if (bodies.size() > 1) {
                    violations.add("one key, two orders: " + bodies);
                }
                for (String body : bodies) {
                    sold++;
                    new JsonObject(body).getJsonArray("units").forEach(unit -> {
                        if (!units.add(unit)) {
                            violations.add("unit " + unit + " sold twice");
                        }
                    });
                }
            }
            if (sold > STOCK) {
                violations.add(sold + " sold of " + STOCK);
            }
            if (sold != stored.size()) {
                violations.add(sold + " acknowledged and " + stored.size() + " in MongoDB");
            }
            if (sold + remaining != STOCK || held != sold) {
                violations.add(sold + " sold, " + held + " held and " + remaining + " left of " + STOCK);
            }
            return violations;
        }
    }

    @Test
    void sellsEachUnitOnce() {
        // given: two nodes on the same stores
        String database = TestStores.freshDatabase();
        try (TestNode one = node(database, SaleScripts.Scripts.load());
                TestNode other = node(database, SaleScripts.Scripts.load())) {

            // when
            Result result = race(one, other);

            // then
            assertEquals(List.of(), result.violations());
            assertEquals(0, result.remaining());
        }
    }

    /** Negative control: without the stock checks in the script, the same test must detect the oversell. */
    @Test
    @Tag("soak")
    void detectsAnOversellWithoutTheStockChecks() {
        // given
        SaleScripts.Scripts good = SaleScripts.Scripts.load();
        String source = good.purchase().source();
        String broken = source.replace("if stock <= 0 then", "if false then")
                .replace("if stock < quantity then", "if false then")
                .replace("if returned + unitCount - highWaterMark < quantity then", "if false then");
        assertTrue(broken.length() < source.length(), "the checks were found");
        SaleScripts.Scripts scripts = new SaleScripts.Scripts(
                Script.of("purchase-7", broken),
                good.settle(),
                good.release(),
                good.remember(),
                good.adopt(),
                good.freeUnit(),
                good.configure());
        try (TestNode node = node(TestStores.freshDatabase(), scripts)) {

            // when
            Result result = race(node, node);

            // then
            assertTrue(
                    result.violations().stream().anyMatch(violation -> violation.endsWith("sold of " + STOCK)),
                    result.violations().toString());
        }
    }

    private static TestNode node(String database, SaleScripts.Scripts scripts) {
        return TestNode.builder()
                .with("FLASHSALE_MONGODB_DATABASE", database)
                .with(scripts)
                .start();
    }

    /** Each buyer sends the request to both nodes at once. */
    private static Result race(TestNode one, TestNode other) {
        String product = TestNode.product(one.admin(), STOCK, 1);
        List<Client> buyers =
                IntStream.range(0, BUYERS).parallel().mapToObj(i -> one.user()).toList();
        Map<Integer, List<CompletableFuture<Answer>>> calls = new HashMap<>();
        for (int i = 0; i < BUYERS; i++) {
            Client buyer = buyers.get(i);
            calls.put(
                    i,
                    List.of(
                            buyer.buyLater(product, "key"),
                            other.client().withCookie(buyer.cookie()).buyLater(product, "key")));
        }
        Map<Integer, List<Answer>> answers = new HashMap<>();
        calls.forEach((i, pair) ->
                answers.put(i, pair.stream().map(CompletableFuture::join).toList()));
        int remaining = Integer.parseInt(one.redis("GET", Keys.stock(product)));
        int held = Integer.parseInt(one.redis("HLEN", Keys.holder(product)));
        return new Result(answers, one.liveOrders(product), remaining, held);
    }
}
