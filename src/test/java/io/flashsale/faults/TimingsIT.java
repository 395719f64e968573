package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.checker.StoreSnapshot;
import io.flashsale.faults.cluster.SingleNodeCluster;
import io.flashsale.faults.stores.Processes;
import io.flashsale.faults.workload.ProductOnSale;
import io.flashsale.server.TestNode;
import io.flashsale.support.Client;
import io.flashsale.support.Client.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.BulkOperation;
import io.vertx.ext.mongo.MongoClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures recovery times and prints them; asserts only success. Run it with {@code mvn -B -ntp verify -Pmeasure}. */
@Tag("measure")
class TimingsIT {
    private static final int RUNS = 5;

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        TestNode.await(vertx.close());
    }

    private static void print(String what, LongStream millis) {
        long[] sorted = millis.sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%s: median %d ms of %d runs, slowest %d ms%n",
                what,
                sorted[sorted.length / 2],
                sorted.length,
                sorted[sorted.length - 1]);
    }

    private static JsonObject order(String product, int unit) {
        return new JsonObject()
                .put("_id", product + "-timing" + unit)
                .put("productId", product)
                .put("userId", "buyer" + unit)
                .put("keyHash", "hash" + unit)
                .put("quantity", 1)
                .put("unitPrice", 4_999)
                .put("currency", "USD")
                .put("units", new JsonArray().add(unit))
                .put("slots", new JsonArray().add(1))
                .put("status", "placed")
                .put("epoch", 1)
                .put("reservedAt", new JsonObject().put("$date", Instant.now().toString()))
                .put("updatedAt", new JsonObject().put("$date", Instant.now().toString()))
                .put("unitKeys", new JsonArray().add(product + "#" + unit))
                .put("buyerKeys", new JsonArray().add(product + "#buyer" + unit + "#1"));
    }

    private static void place(SingleNodeCluster cluster, String product, int orders) {
        MongoClient client = MongoClient.create(
                vertx,
                new JsonObject()
                        .put("connection_string", cluster.stores().mongoUri())
                        .put("db_name", cluster.stores().database()));
        TestNode.await(client.bulkWrite(
                "orders",
                IntStream.rangeClosed(1, orders)
                        .mapToObj(unit -> BulkOperation.createInsert(order(product, unit)))
                        .toList()));
        TestNode.await(client.close());
    }

    private static long millisUntilOpen(SingleNodeCluster cluster, List<ProductOnSale> products) {
        long begin = System.nanoTime();
        while (!products.stream().allMatch(product -> {
            Object certified = cluster.redis().send("HGET", "product:sale:{" + product.id() + "}", "certifiedBy");
            return certified != null;
        })) {
            Processes.pause(5);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    @Test
    void recoveryOfALargeSale() {
        try (SingleNodeCluster cluster = new SingleNodeCluster(vertx, TestNode.builder(), 1)) {
            // given: ten thousand units, half of them sold
            cluster.sell(10_000, 1);
            ProductOnSale product = cluster.products().get(0);
            place(cluster, product.id(), 5_000);

            // when
            LongStream.Builder millis = LongStream.builder();
            for (int run = 0; run < RUNS; run++) {
                cluster.redis().send("FLUSHALL");
                Client buyer = cluster.node().client();
                buyer.buy(product.id(), "k");
                millis.add(millisUntilOpen(cluster, cluster.products()));
            }

            // then
            print("a sale of 10,000 units with 5,000 orders is open again after FLUSHALL", millis.build());
            assertEquals(
                    List.of(),
                    StoreSnapshot.read(vertx, cluster.stores(), product.id()).discrepancies());
        }
    }

    @Test
    void recoveryOfManySales() {
        try (SingleNodeCluster cluster = new SingleNodeCluster(vertx, TestNode.builder(), 1)) {
            // given
            for (int i = 0; i < 200; i++) {
                cluster.sell(100, 1);
                place(cluster, cluster.products().get(i).id(), 50);
            }

            // when
            LongStream.Builder millis = LongStream.builder();
            for (int run = 0; run < RUNS; run++) {
                cluster.redis().send("FLUSHALL");
                millis.add(millisUntilOpen(cluster, cluster.products()));
            }

            // then
            print("200 sales of 100 units with 50 orders each are open again after FLUSHALL", millis.build());
            assertTrue(cluster.products().stream()
                    .allMatch(product -> StoreSnapshot.read(vertx, cluster.stores(), product.id())
                            .discrepancies()
                            .isEmpty()));
        }
    }

    /** If the circuit breaker had no effect, both printed lines would be equal. */
    @Test
    void reservationsWhileMongoIsSilent() {
        for (String stall : List.of("1h", "500ms")) {
            try (SingleNodeCluster cluster = new SingleNodeCluster(
                    vertx,
                    TestNode.builder()
                            .with("FLASHSALE_PERSISTENCE_STALL", stall)
                            .with("FLASHSALE_PURCHASE_CONFIRM_TIMEOUT", "2s")
                            .with("FLASHSALE_REDIS_COMMAND_TIMEOUT", "1s")
                            .with("FLASHSALE_LIMITS_PURCHASE_USER", "unlimited"),
                    1)) {
                // given
                cluster.sell(100_000, 0);
                Client buyer = cluster.node().user();
                String product = cluster.products().get(0).id();

                // when
                List<Long> nanos = new ArrayList<>();
                long[] statuses = new long[600];
                cluster.whileMongoIsSilent(() -> {
                    for (int trial = 0; trial < 40; trial++) {
                        long begin = System.nanoTime();
                        int each = trial;
                        IntStream.range(0, 50)
                                .mapToObj(i -> buyer.buyLater(product, "key-" + each + "-" + i))
                                .toList()
                                .stream()
                                .map(CompletableFuture::join)
                                .mapToInt(Answer::status)
                                .forEach(status -> statuses[status]++);
                        nanos.add(System.nanoTime() - begin);
                    }
                });

                // then
                print(
                        "fifty purchases while MongoDB is silent, persistence.stall=" + stall,
                        nanos.stream().mapToLong(TimeUnit.NANOSECONDS::toMillis));
                assertEquals(2_000, statuses[202]);
            }
        }
    }
}
