package io.flashsale.live;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Looks at how products stand in Redis: each once, whoever wants to know, and not too many at a time.
 *
 * <p>Belongs to the event loop of its link.
 */
final class SnapshotReader {
    private static final int AT_ONCE = 64;

    private final RedisGateway redis;
    private final BiConsumer<String, Future<Optional<StockEvent>>> seen;
    private final Script look = Script.load("look-2");
    private final Set<String> requested = new LinkedHashSet<>();
    private final Set<String> underWay = new HashSet<>();
    private boolean asking;

    /**
     * Makes a place to look from.
     *
     * @param seen is given the product and what was seen; empty where there is no such sale
     */
    SnapshotReader(RedisGateway redis, BiConsumer<String, Future<Optional<StockEvent>>> seen) {
        this.redis = redis;
        this.seen = seen;
    }

    /** Looks at a product; a look that is under way will do. */
    void request(String productId) {
        if (!underWay.contains(productId)) {
            requestFresh(productId);
        }
    }

    /** Looks at a product from now on: what is under way may have been seen before that which was missed. */
    void requestFresh(String productId) {
        requested.add(productId);
        next();
    }

    private void next() {
        if (asking) {
            // Without a connection an answer comes at once, in the middle of the loop below.
            return;
        }
        asking = true;
        for (Optional<String> free = free(); free.isPresent(); free = free()) {
            String productId = free.get();
            requested.remove(productId);
            underWay.add(productId);
            ask(productId).onComplete(asked -> {
                underWay.remove(productId);
                seen.accept(
                        productId,
                        asked.succeeded()
                                ? Future.succeededFuture(asked.result())
                                : Future.failedFuture(asked.cause()));
                next();
            });
        }
        asking = false;
    }

    /** One that is wanted and may be looked at now. */
    private Optional<String> free() {
        return underWay.size() < AT_ONCE
                ? requested.stream().filter(each -> !underWay.contains(each)).findFirst()
                : Optional.empty();
    }

    private Future<Optional<StockEvent>> ask(String productId) {
        return redis.run(look, List.of(Keys.sale(productId), Keys.stock(productId)), List.of())
                .map(reply -> reply.asStrings().isEmpty()
                        ? Optional.empty()
                        : Optional.of(StockEvent.snapshot(
                                productId,
                                reply.at(1).asLong(),
                                reply.at(0).asLong(),
                                reply.at(2).asLong() == 1)));
    }
}
