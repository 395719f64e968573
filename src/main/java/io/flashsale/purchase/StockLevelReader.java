package io.flashsale.purchase;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** What running sales say of themselves just now. Belongs to the event loop of its link. */
public final class StockLevelReader {
    private final RedisGateway redis;

    /**
     * One sale.
     *
     * @param remaining units left, or null where Redis does not say
     * @param outbox orders that wait for MongoDB, or null where Redis does not say
     */
    public record StockLevel(Long remaining, Long outbox) {
        private static final StockLevel SILENT = new StockLevel(null, null);
    }

    /** Makes it. */
    public StockLevelReader(RedisGateway redis) {
        this.redis = redis;
    }

    /** The figures of these sales, in their order and in one pipelined trip; never fails. */
    public Future<List<StockLevel>> of(List<String> productIds) {
        List<Future<StockLevel>> reads = new ArrayList<>(productIds.size());
        for (String productId : productIds) {
            Future<Reply> stock = redis.send("GET", Keys.stock(productId));
            Future<Reply> waiting = redis.send("HLEN", Keys.orders(productId));
            reads.add(Future.all(stock, waiting)
                    .map(both -> new StockLevel(
                            stock.result().isNil() ? null : stock.result().asLong(),
                            waiting.result().asLong()))
                    .otherwise(StockLevel.SILENT));
        }
        return Future.all(reads).map(all -> all.list());
    }
}
