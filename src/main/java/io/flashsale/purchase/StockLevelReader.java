package io.flashsale.purchase;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Reads the current stock levels of running sales. Belongs to the event loop of its {@link RedisGateway}. */
public final class StockLevelReader {
    private final RedisGateway redis;

    /**
     * Holds the stock level of one sale.
     *
     * @param remaining units left, or null if unknown
     * @param outbox number of orders in the outbox, or null if unknown
     */
    public record StockLevel(Long remaining, Long outbox) {
        private static final StockLevel UNKNOWN = new StockLevel(null, null);
    }

    /** Creates a reader. */
    public StockLevelReader(RedisGateway redis) {
        this.redis = redis;
    }

    /** Reads the stock levels of these products, in their order and in one pipelined round trip; never fails. */
    public Future<List<StockLevel>> of(List<String> productIds) {
        List<Future<StockLevel>> reads = new ArrayList<>(productIds.size());
        for (String productId : productIds) {
            Future<Reply> stock = redis.send("GET", Keys.stock(productId));
            Future<Reply> outbox = redis.send("HLEN", Keys.orders(productId));
            reads.add(Future.all(stock, outbox)
                    .map(both -> new StockLevel(
                            stock.result().isNil() ? null : stock.result().asLong(),
                            outbox.result().asLong()))
                    .otherwise(StockLevel.UNKNOWN));
        }
        return Future.all(reads).map(all -> all.list());
    }
}
