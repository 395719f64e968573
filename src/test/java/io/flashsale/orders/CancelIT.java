package io.flashsale.orders;

import static io.flashsale.support.Polling.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flashsale.domain.Order;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Verifies that cancelled units return exactly once, despite repetitions and crashes between the stores. */
class CancelIT {
    private static TestNode node;
    private static Client admin;

    @BeforeAll
    static void start() {
        node = TestNode.builder()
                .with("FLASHSALE_RECONCILE_PASSES_PER_LOOK", "2")
                .start();
        admin = node.admin();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String stock(String product) {
        return node.redis("GET", Keys.stock(product));
    }

    private static String cancelPath(Answer bought) {
        return "/api/v1/user/orders/" + bought.json().getString("orderId") + "/cancel";
    }

    @Test
    void fiftyCancellationsAtOnceReturnTheUnitsOnce() {
        // given
        String product = TestNode.product(admin, 10, 3);
        Client ada = node.user();
        Answer bought = ada.buy(product, "k", 3);

        // when
        List<Integer> statuses = IntStream.range(0, 50)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> ada.withCookie(ada.cookie()).post(cancelPath(bought))))
                .toList()
                .stream()
                .map(each -> each.join().status())
                .distinct()
                .toList();

        // then
        assertEquals(List.of(200), statuses);
        assertEquals("10", stock(product));
        assertEquals(0, node.liveOrders(product).size());
        assertEquals(201, ada.buy(product, "again", 3).status(), "all of the buyer's slots are free");
    }

    /** Buyers compete for each returned unit while late repetitions of its cancellation arrive. */
    @Test
    void aRepeatedCancellationTakesNothingFromTheNextBuyer() {
        // given: sold out
        String product = TestNode.product(admin, 5, 1);
        List<Client> winners = IntStream.range(0, 5).mapToObj(i -> node.user()).toList();
        List<Answer> orders =
                winners.stream().map(winner -> winner.buy(product, "k")).toList();
        List<Client> others = IntStream.range(0, 20).mapToObj(i -> node.user()).toList();

        // when
        List<CompletableFuture<Answer>> calls = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 5; i++) {
                Client winner = winners.get(i);
                String path = cancelPath(orders.get(i));
                calls.add(CompletableFuture.supplyAsync(
                        () -> winner.withCookie(winner.cookie()).post(path)));
                calls.add(others.get(5 * round + i).buyLater(product, "k"));
            }
        }
        calls.forEach(CompletableFuture::join);

        // then
        List<Order> live = node.liveOrders(product);
        Set<Integer> units = new HashSet<>();
        live.forEach(order -> units.addAll(order.units()));
        assertEquals(live.size(), units.size(), "no unit sold twice");
        assertEquals(5, live.size() + Integer.parseInt(stock(product)));
        assertEquals(String.valueOf(live.size()), node.redis("HLEN", Keys.holder(product)));
    }

    @Test
    void aCancellationIsCompletedAfterACrashBetweenTheStores() throws Exception {
        // given: MongoDB has the cancellation and Redis does not
        String product = TestNode.product(admin, 2, 1);
        Client ada = node.user();
        Answer bought = ada.buy(product, "k");
        TestNode.await(node.orders().cancel(bought.json().getString("orderId")));

        // when
        await(() -> "2".equals(stock(product)));

        // then
        assertEquals(200, ada.post(cancelPath(bought)).status());
        assertEquals("2", stock(product), "not returned again");
        assertEquals(bought.body(), ada.buy(product, "k").body(), "the key keeps its answer");
        assertEquals(201, ada.buy(product, "other").status(), "the buyer may buy again");
        assertEquals("1", stock(product));
    }
}
