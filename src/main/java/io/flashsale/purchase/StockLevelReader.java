package io.flashsale.purchase;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** What running sales say of themselves just now. Belongs to the event loop of its link. */
public final class StockLevelReader {
    private final RedisGateway link;

    /**
     * One sale.
     *
     * @param remaining units left, or null where Redis does not say
     * @param outbox orders that wait for MongoDB, or null where Redis does not say
     */
    public record Figures(Long remaining, Long outbox) {
        private static final Figures SILENT = new Figures(null, null);
    }

    /** Makes it. */
    public StockLevelReader(RedisGateway link) {
        this.link = link;
    }

    /** The figures of these sales, in their order and in one pipelined trip; never fails. */
    public Future<List<Figures>> of(List<String> productIds) {
        List<Future<Figures>> reads = new ArrayList<>(productIds.size());
        for (String productId : productIds) {
            Future<Reply> stock = link.send("GET", Keys.stock(productId));
            Future<Reply> waiting = link.send("HLEN", Keys.orders(productId));
            reads.add(Future.all(stock, waiting)
                    .map(both -> new Figures(
                            stock.result().isNil() ? null : stock.result().asLong(),
                            waiting.result().asLong()))
                    .otherwise(Figures.SILENT));
        }
        return Future.all(reads).map(all -> all.list());
    }
}
