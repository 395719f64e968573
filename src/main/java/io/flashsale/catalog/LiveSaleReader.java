package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.flashsale.redis.ServerIdentity;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Reads the live state of sales from Redis. It is never cached with a product. */
final class LiveSaleReader {
    private static final LiveSale UNKNOWN = new LiveSale(null, null);

    private final RedisGateway redis;

    /**
     * Holds the live state of a sale.
     *
     * @param remaining units left; null if Redis does not answer or has no sale
     * @param version the product's version in the sale; null if Redis does not answer or the sale is not certified
     */
    record LiveSale(Long remaining, Long version) {
        /** Returns whether a cached product is current: an edit reaches the sale before it is answered. */
        boolean isCurrent(Product product) {
            return version != null && product.version() >= version;
        }
    }

    LiveSaleReader(RedisGateway redis) {
        this.redis = redis;
    }

    /** Reads one sale; never fails. */
    Future<LiveSale> read(String productId) {
        Future<ServerIdentity> identity = redis.identity();
        Future<Reply> stock = redis.send("GET", Keys.stock(productId));
        Future<Reply> sale = redis.send("HMGET", Keys.sale(productId), "certifiedBy", "version");
        return Future.all(identity, stock, sale)
                .map(read -> new LiveSale(
                        stock.result().isNil() ? null : stock.result().asLong(),
                        version(identity.result(), sale.result())))
                .otherwise(UNKNOWN);
    }

    /** Reads several sales in one pipelined round trip; never fails. */
    Future<List<LiveSale>> read(List<String> productIds) {
        List<Future<LiveSale>> reads = new ArrayList<>(productIds.size());
        productIds.forEach(productId -> reads.add(read(productId)));
        return Future.all(reads).map(all -> all.list());
    }

    private static Long version(ServerIdentity identity, Reply sale) {
        boolean certified = identity.token().equals(sale.at(0).asString());
        return certified && !sale.at(1).isNil() ? sale.at(1).asLong() : null;
    }
}
