package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.util.List;

/** Implements sales without purchases: the settings and the stock counter, in a real Redis. */
final class TestSales implements SalePort {
    private static final Script CONFIGURE = Script.of("configure-2", """
            local sale = redis.call('HMGET', KEYS[1], 'version', 'highest')
            redis.call('HSET', KEYS[1], 'certifiedBy', ARGV[1])
            if tonumber(ARGV[2]) > tonumber(sale[1] or '0') then
              redis.call('HSET', KEYS[1], 'version', ARGV[2])
            end
            local added = tonumber(ARGV[3]) - tonumber(sale[2] or '0')
            if added > 0 then
              redis.call('HSET', KEYS[1], 'highest', ARGV[3])
              redis.call('INCRBY', KEYS[2], added)
            end
            return 1
            """);
    private static final Script HOLD = Script.of("hold-1", """
            if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then
              return 0
            end
            redis.call('DECRBY', KEYS[1], ARGV[1])
            return 1
            """);

    private final RedisGateway redis;
    private final ProductStore products;

    TestSales(RedisGateway redis, ProductStore products) {
        this.redis = redis;
        this.products = products;
    }

    @Override
    public Future<Void> open(String productId) {
        return products.find(productId).compose(found -> configure(found.orElseThrow()));
    }

    @Override
    public Future<Void> configure(Product product) {
        return redis.identity()
                .compose(identity -> redis.run(
                        CONFIGURE,
                        List.of(Keys.sale(product.id()), Keys.stock(product.id())),
                        List.of(identity.token(), "" + product.version(), "" + product.unitCount())))
                .mapEmpty();
    }

    @Override
    public Future<Boolean> hold(String productId, int units, String reference) {
        return redis.run(HOLD, List.of(Keys.stock(productId)), List.of("" + units))
                .map(reply -> reply.asLong() == 1);
    }

    @Override
    public Future<Void> giveBack(String productId, int units, String reference) {
        return redis.send("INCRBY", Keys.stock(productId), "" + units).mapEmpty();
    }

    @Override
    public Future<Boolean> outboxIsEmpty(String productId) {
        return Future.succeededFuture(true);
    }
}
