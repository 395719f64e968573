package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.vertx.core.Future;
import java.util.Objects;

/**
 * Holds the state of a sale in Redis that a pass of the reconciler needs.
 *
 * @param exists whether the sale has keys
 * @param certifiedBy the identity of the server that certified the sale, or null
 * @param recovering whether a recovery is running, or was when its node died
 * @param version the version of the settings, or 0 for none
 * @param unitCount the highest unit number that exists
 * @param limit units per user; 0 for no limit
 * @param epoch the epoch of this copy of the data
 * @param waiting the number of orders in the outbox
 * @param isUnpublished whether the stock differs from the number that was last published to subscribers
 */
record SaleStatus(
        boolean exists,
        String certifiedBy,
        boolean recovering,
        long version,
        int unitCount,
        int limit,
        long epoch,
        long waiting,
        boolean isUnpublished) {

    static Future<SaleStatus> read(RedisGateway redis, String productId) {
        Future<Reply> sale = redis.send(
                "HMGET",
                Keys.sale(productId),
                "certifiedBy",
                "recovering",
                "version",
                "highest",
                "epoch",
                "told",
                "limit");
        Future<Reply> stock = redis.send("GET", Keys.stock(productId));
        Future<Reply> waiting = redis.send("HLEN", Keys.orders(productId));
        return Future.all(sale, stock, waiting)
                .map(read -> new SaleStatus(
                        !sale.result().at(4).isNil(),
                        sale.result().at(0).asString(),
                        !sale.result().at(1).isNil(),
                        sale.result().at(2).asLong(),
                        (int) sale.result().at(3).asLong(),
                        (int) sale.result().at(6).asLong(),
                        sale.result().at(4).asLong(),
                        waiting.result().asLong(),
                        !Objects.equals(
                                sale.result().at(5).asString(), stock.result().asString())));
    }

    boolean isCertifiedBy(String identity) {
        return identity.equals(certifiedBy) && !recovering;
    }
}
