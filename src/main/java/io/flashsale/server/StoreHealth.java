package io.flashsale.server;

import io.flashsale.persistence.MongoGateway;
import io.flashsale.reconcile.RecoveringSales;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports whether the stores are writable, since when, and the reason if they are not.
 *
 * <p>Writes to both stores, because a store with a full disk still answers a ping. Calls within a second share one
 * probe, so that frequent calls do not load the stores. Belongs to the event loop of its Redis connection.
 */
final class StoreHealth {
    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    private static final Script PROBE = Script.load("probe-1");
    private static final String PROBE_TTL_MILLIS = "60000";
    private static final long SHARED_FOR_MILLIS = 1_000;

    private final Vertx vertx;
    private final RedisGateway redis;
    private final Collection<RedisGateway> redisGateways;
    private final MongoGateway mongo;
    private final RecoveringSales recoveringSales;
    private final Clock clock;
    private final State redisState = new State("redis");
    private final State mongoState = new State("mongodb");

    /** The probe that is under way or not older than a second, else null. */
    private Future<Void> probe;

    /** Holds the result of the last probe of one store. */
    private final class State {
        private final String store;
        private Boolean up;
        private Instant since;
        private String reason;

        private State(String store) {
            this.store = store;
        }

        /** Records the result of a write; never fails. */
        private Future<Void> observe(Future<?> write) {
            return write.<Void>mapEmpty()
                    .onSuccess(written -> set(true, null))
                    .onFailure(failure -> set(false, FailureSummary.of(failure)))
                    .otherwiseEmpty();
        }

        private void set(boolean nowUp, String newReason) {
            reason = newReason;
            if (up != null && up == nowUp) {
                return;
            }
            if (!nowUp) {
                LOG.atWarn()
                        .addKeyValue("store", store)
                        .addKeyValue("reason", newReason)
                        .log("store became unwritable");
            } else if (up != null) {
                LOG.atInfo().addKeyValue("store", store).log("store became writable again");
            }
            up = nowUp;
            since = clock.instant();
        }

        private JsonObject json() {
            JsonObject json = new JsonObject().put("status", up ? "up" : "down").put("since", since.toString());
            return reason == null ? json : json.put("reason", reason);
        }
    }

    StoreHealth(
            Vertx vertx,
            RedisGateway redis,
            Collection<RedisGateway> redisGateways,
            MongoGateway mongo,
            RecoveringSales recoveringSales,
            Clock clock) {
        this.vertx = vertx;
        this.redis = redis;
        this.redisGateways = redisGateways;
        this.mongo = mongo;
        this.recoveringSales = recoveringSales;
        this.clock = clock;
    }

    /** Reports the health of both stores and the sales that are being recovered. */
    Future<JsonObject> check() {
        return probe().map(probed -> new JsonObject()
                .put("redis", redisState.json().put("links", redisGateways()))
                .put("mongodb", mongoState.json())
                .put("recovering", recovering()));
    }

    private Future<Void> probe() {
        if (probe == null) {
            Future<?> redisWrite = redis.run(PROBE, List.of(Keys.HEALTH_PROBE), List.of(PROBE_TTL_MILLIS));
            probe = Future.all(redisState.observe(redisWrite), mongoState.observe(mongo.probeWrite()))
                    .mapEmpty();
            probe.onComplete(probed -> vertx.setTimer(SHARED_FOR_MILLIS, outdated -> probe = null));
        }
        return probe;
    }

    /** Counts connections: each event loop has its own, and one may be down while the others are up. */
    private JsonObject redisGateways() {
        return new JsonObject()
                .put(
                        "up",
                        redisGateways.stream().filter(RedisGateway::isConnected).count())
                .put("of", redisGateways.size());
    }

    private JsonArray recovering() {
        JsonArray sales = new JsonArray();
        recoveringSales
                .since()
                .forEach((productId, since) ->
                        sales.add(new JsonObject().put("productId", productId).put("since", since.toString())));
        return sales;
    }
}
