package io.flashsale;

import io.flashsale.async.Futures;
import io.flashsale.config.Configuration;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.reconcile.ConsistencyCheck;
import io.flashsale.reconcile.ConsistencyCheck.Line;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** {@code audit}: what both stores say of every product, and whether they agree. */
final class AuditCommand {
    /** What is in flight has arrived by then. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private AuditCommand() {}

    /** Looks twice, and answers the lines of the second look with the differences that lasted. */
    static Future<List<Line>> run(Vertx vertx, Configuration configuration, Configuration.Stores stores, Clock clock) {
        Promise<List<Line>> promise = Promise.promise();
        vertx.getOrCreateContext()
                .runOnContext(now -> Futures.attempt(() -> lines(vertx, configuration, stores, clock))
                        .onComplete(promise));
        return promise.future();
    }

    private static Future<List<Line>> lines(
            Vertx vertx, Configuration configuration, Configuration.Stores stores, Clock clock) {
        JsonObject config = new JsonObject()
                .put("connection_string", MongoUri.withMajority(stores.mongoUri(), configuration.mongodb()))
                .put("db_name", configuration.database());
        MongoGateway mongo = new MongoGateway(configuration.mongodb());
        RedisGateway link = new RedisGateway(
                vertx, new RedisOptions().setConnectionString(stores.redisUri()), configuration.redis());
        OrderStore orders = new OrderStore(mongo, clock);
        ConsistencyCheck audit =
                new ConsistencyCheck(link, new ProductStore(mongo), orders, new DeadLetterStore(mongo, orders));
        return mongo.open(vertx, config)
                .compose(opened -> link.start())
                .compose(started -> audit.look())
                .compose(first -> vertx.timer(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                        .compose(waited -> audit.look())
                        .map(second -> ConsistencyCheck.lasting(first, second)))
                .eventually(() -> Future.join(link.close(), mongo.close()));
    }

    /** A line for each product, for people. */
    static String table(List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-18s %9s %9s %9s %7s %9s %7s %7s %-12s %s%n",
                "product",
                "on sale",
                "free",
                "sold",
                "outbox",
                "returned",
                "dead",
                "house",
                "state",
                "difference"));
        for (Line line : lines) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-18s %9d %9d %9d %7d %9d %7d %7d %-12s %d%n",
                    line.productId(),
                    line.onSale(),
                    line.free(),
                    line.sold(),
                    line.inOutbox(),
                    line.returned(),
                    line.deadLetters(),
                    line.house(),
                    line.state(),
                    line.difference()));
        }
        return text.toString();
    }

    /** The same for programs. */
    static String json(List<Line> lines) {
        JsonArray products = new JsonArray();
        lines.forEach(line -> products.add(new JsonObject()
                .put("productId", line.productId())
                .put("name", line.name())
                .put("onSale", line.onSale())
                .put("free", line.free())
                .put("sold", line.sold())
                .put("inOutbox", line.inOutbox())
                .put("returned", line.returned())
                .put("deadLetters", line.deadLetters())
                .put("house", line.house())
                .put("state", line.state())
                .put("difference", line.difference())));
        return new JsonObject()
                .put("agrees", lines.stream().allMatch(Line::agrees))
                .put("products", products)
                .encodePrettily();
    }
}
