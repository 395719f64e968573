package io.flashsale.catalog;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisLink;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** What is left, read from Redis each time: it is never kept with the product. */
final class LiveStock {
    private final RedisLink link;

    LiveStock(RedisLink link) {
        this.link = link;
    }

    /** Units left, or null where Redis does not say; never fails. */
    Future<Long> of(String productId) {
        return link.send("GET", Keys.stock(productId))
                .map(reply -> reply.isNil() ? null : reply.asLong())
                .otherwiseEmpty();
    }

    /** The same for several products, in one pipelined trip. */
    Future<List<Long>> of(List<String> productIds) {
        List<Future<Long>> reads = new ArrayList<>(productIds.size());
        productIds.forEach(productId -> reads.add(of(productId)));
        return Future.all(reads).map(all -> all.list());
    }
}
