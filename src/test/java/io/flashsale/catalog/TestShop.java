package io.flashsale.catalog;

import com.mongodb.MongoClientSettings;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.redis.RedisGateway;
import io.flashsale.server.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.MongoClient;
import io.vertx.ext.mongo.impl.config.MongoClientOptionsParser;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** Wires the catalogue of one node to real stores and counts the reads of MongoDB. */
final class TestShop implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    final Catalog catalog;
    final ProductEditor editor;
    final ProductReader reader;
    final ProductStore products;
    final ProductCache cache;
    final PageCache pages;
    final RedisGateway redis;
    final TestSales sales;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final MongoClient mongo;
    private final AtomicInteger reads = new AtomicInteger();

    TestShop(String redisUri, String mongoUri, String database) {
        CommandListener counter = new CommandListener() {
            @Override
            public void commandStarted(CommandStartedEvent event) {
                if (event.getCommandName().equals("find")) {
                    reads.incrementAndGet();
                }
            }
        };
        JsonObject config = new JsonObject().put("connection_string", mongoUri).put("db_name", database);
        // The client's own settings, since they include its codecs.
        MongoClientSettings mongoSettings = MongoClientSettings.builder(
                        new MongoClientOptionsParser(vertx, config).settings())
                .addCommandListener(counter)
                .build();
        mongo = MongoClient.createWithMongoSettings(
                vertx, config, UUID.randomUUID().toString(), mongoSettings);
        MongoGateway mongoGateway = new MongoGateway(mongo, new MongoGateway.Settings(TIMEOUT));
        products = new ProductStore(mongoGateway);
        Clock clock = Clock.systemUTC();
        redis = new RedisGateway(
                vertx,
                new RedisOptions().setConnectionString(redisUri),
                new RedisGateway.Settings(
                        TIMEOUT, 20_000, Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofMillis(200)));
        Catalog.Settings settings = new Catalog.Settings(
                database,
                Duration.ofMinutes(5),
                Map.of("evergreen", Duration.ofMinutes(60)),
                Duration.ofMinutes(5),
                1_000);
        sales = new TestSales(redis, products);
        catalog = new Catalog(vertx, products, new OrderStore(mongoGateway, clock), redis, sales, settings, clock);
        editor = new ProductEditor(products, catalog, sales, clock);
        reader = new ProductReader(vertx, products, redis, settings, clock);
        cache = new ProductCache(redis, settings, clock);
        pages = new PageCache(redis, settings);
        run(() -> redis.start());
    }

    static ProductDetails details(String name, int stock) {
        return new ProductDetails(
                name, "", ProductDetails.DEFAULT_TYPE, 4_999, "USD", stock, 1, null, null, false, null);
    }

    /** Runs a step on the event loop of the catalogue. */
    <T> T run(Supplier<Future<T>> step) {
        return TestNode.await(later(step));
    }

    /** Edits a product of any version and asserts that the edit was propagated. */
    ProductView edit(String productId, Function<Product, ProductDetails> edit) {
        Change<ProductView> change =
                run(() -> editor.update(productId, edit, null)).orElseThrow();
        if (!change.propagated()) {
            throw new AssertionError("the edit was not propagated");
        }
        return change.result();
    }

    /** Runs a step on the event loop without waiting for it. */
    <T> Future<T> later(Supplier<Future<T>> step) {
        return Future.future(promise -> loop.runOnContext(now -> step.get().onComplete(promise)));
    }

    String redis(String command, String... arguments) {
        return run(() -> redis.send(command, arguments)).asString();
    }

    /** Returns the number of reads that this node sent to MongoDB. */
    int reads() {
        return reads.get();
    }

    @Override
    public void close() {
        run(() -> redis.close());
        TestNode.await(mongo.close());
        TestNode.await(vertx.close());
    }

    /**
     * Returns how many reads of MongoDB 200 concurrent readers may cause: one, plus one each time that a read was too
     * old to be joined, which happens only on a busy machine.
     */
    static int readsAllowedSince(long startedAtNanos) {
        return 1 + (int) ((System.nanoTime() - startedAtNanos) / 250_000_000L);
    }
}
