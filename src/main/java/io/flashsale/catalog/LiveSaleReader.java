package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.flashsale.redis.ServerIdentity;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** What running sales say of themselves, read from Redis each time: it is never kept with a product. */
final class LiveSaleReader {
    private static final LiveSale SILENT = new LiveSale(null, null);

    private final RedisGateway redis;

    /**
     * A sale right now.
     *
     * @param remaining units left; null where Redis does not say
     * @param version of the product under which it sells; null where Redis does not say or nobody has certified it
     */
    record LiveSale(Long remaining, Long version) {
        /** Whether what was read of the product before still counts: an edit reaches the sale before it is answered. */
        boolean vouchesFor(Product product) {
            return version != null && product.version() >= version;
        }
    }

    LiveSaleReader(RedisGateway redis) {
        this.redis = redis;
    }

    /** One sale; never fails. */
    Future<LiveSale> of(String productId) {
        Future<ServerIdentity> identity = redis.identity();
        Future<Reply> stock = redis.send("GET", Keys.stock(productId));
        Future<Reply> sale = redis.send("HMGET", Keys.sale(productId), "certifiedBy", "version");
        return Future.all(identity, stock, sale)
                .map(read -> new LiveSale(
                        stock.result().isNil() ? null : stock.result().asLong(),
                        version(identity.result(), sale.result())))
                .otherwise(SILENT);
    }

    /** The same for several, in one pipelined trip. */
    Future<List<LiveSale>> of(List<String> productIds) {
        List<Future<LiveSale>> reads = new ArrayList<>(productIds.size());
        productIds.forEach(productId -> reads.add(of(productId)));
        return Future.all(reads).map(all -> all.list());
    }

    private static Long version(ServerIdentity identity, Reply sale) {
        boolean certified = identity.token().equals(sale.at(0).asString());
        return certified && !sale.at(1).isNil() ? sale.at(1).asLong() : null;
    }
}
