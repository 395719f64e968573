package io.flashsale;

import io.flashsale.persistence.MongoLink;
import io.flashsale.reconcile.SalesClosed;
import io.flashsale.redis.RedisLink;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;

/**
 * Whether the stores answer, and since when they do or do not.
 *
 * <p>Belongs to the event loop of its link.
 */
final class StoreHealth {
    private final RedisLink redis;
    private final Collection<RedisLink> links;
    private final MongoLink mongo;
    private final SalesClosed salesClosed;
    private final Clock clock;
    private final State redisState = new State();
    private final State mongoState = new State();

    private static final class State {
        private Boolean up;
        private Instant since;
    }

    StoreHealth(RedisLink redis, Collection<RedisLink> links, MongoLink mongo, SalesClosed salesClosed, Clock clock) {
        this.salesClosed = salesClosed;
        this.redis = redis;
        this.links = links;
        this.mongo = mongo;
        this.clock = clock;
    }

    /** Asks both, and tells which sales are closed meanwhile. */
    Future<JsonObject> check() {
        Future<Boolean> redisUp = redis.send("PING").map(pong -> true).otherwise(false);
        Future<Boolean> mongoUp = mongo.ping().map(pong -> true).otherwise(false);
        return Future.all(redisUp, mongoUp)
                .map(both -> new JsonObject()
                        .put("redis", told(redisState, redisUp.result()).put("links", links()))
                        .put("mongodb", told(mongoState, mongoUp.result()))
                        .put("recovering", recovering()));
    }

    /** Each event loop has its own connection, and one may be silent while the others are not. */
    private JsonObject links() {
        return new JsonObject()
                .put("up", links.stream().filter(RedisLink::isConnected).count())
                .put("of", links.size());
    }

    private JsonArray recovering() {
        JsonArray sales = new JsonArray();
        salesClosed
                .since()
                .forEach((productId, since) ->
                        sales.add(new JsonObject().put("productId", productId).put("since", since.toString())));
        return sales;
    }

    private JsonObject told(State state, boolean up) {
        if (state.up == null || state.up != up) {
            state.up = up;
            state.since = clock.instant();
        }
        return new JsonObject().put("status", up ? "up" : "down").put("since", state.since.toString());
    }
}
