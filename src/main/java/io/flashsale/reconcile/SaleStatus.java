package io.flashsale.reconcile;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisLink;
import io.vertx.core.Future;

/**
 * A sale as Redis has it, as far as a pass of the reconciler needs to know.
 *
 * @param exists whether there are keys at all
 * @param certifiedBy the identity that vouches for it, or null
 * @param recovering whether a recovery is under way, or was when its node died
 * @param version of the settings, 0 where there is none
 * @param highest unit that exists
 * @param epoch of this copy of the data
 * @param waiting orders in the outbox
 */
record SaleStatus(
        boolean exists, String certifiedBy, boolean recovering, long version, int highest, long epoch, long waiting) {

    static Future<SaleStatus> read(RedisLink link, String productId) {
        return link.send("HMGET", Keys.sale(productId), "certifiedBy", "recovering", "version", "highest", "epoch")
                .compose(sale -> link.send("HLEN", Keys.orders(productId))
                        .map(waiting -> new SaleStatus(
                                !sale.at(4).isNil(),
                                sale.at(0).asString(),
                                !sale.at(1).isNil(),
                                sale.at(2).asLong(),
                                (int) sale.at(3).asLong(),
                                sale.at(4).asLong(),
                                waiting.asLong())));
    }

    boolean isCertifiedBy(String identity) {
        return identity.equals(certifiedBy) && !recovering;
    }
}
