package io.flashsale.server;

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
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a {@link ConsistencyCheck} on separate connections while the nodes of a sale are running. */
public final class ConsistencyCheckRunner {
    /** The time between both scans, by which writes that were in flight at the first one have arrived. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private ConsistencyCheckRunner() {}

    /** Scans twice; completes with the lines of the second scan and the differences that both scans found. */
    public static Future<List<Line>> run(
            Vertx vertx, Configuration configuration, Configuration.Stores stores, Clock clock) {
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
        RedisGateway redis = new RedisGateway(
                vertx, new RedisOptions().setConnectionString(stores.redisUri()), configuration.redis());
        OrderStore orders = new OrderStore(mongo, clock);
        ConsistencyCheck check =
                new ConsistencyCheck(redis, new ProductStore(mongo), orders, new DeadLetterStore(mongo, orders));
        return mongo.open(vertx, config)
                .compose(opened -> redis.start())
                .compose(started -> check.scan())
                .compose(first -> vertx.timer(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                        .compose(waited -> check.scan())
                        .map(second -> ConsistencyCheck.lasting(first, second)))
                .eventually(() -> Future.join(redis.close(), mongo.close()));
    }
}
