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
 * Reads snapshots of products from Redis. Concurrent requests for a product share one read, and the number of
 * concurrent reads is bounded.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class SnapshotReader {
    private static final int MAX_CONCURRENT_READS = 64;

    private final RedisGateway redis;
    private final BiConsumer<String, Future<Optional<StockEvent>>> onSnapshot;
    private final Script snapshot = Script.load("look-2");
    private final Set<String> requested = new LinkedHashSet<>();
    private final Set<String> inProgress = new HashSet<>();
    private boolean dispatching;

    /**
     * Creates a reader.
     *
     * @param onSnapshot called with the product id and the snapshot, which is empty if there is no such sale
     */
    SnapshotReader(RedisGateway redis, BiConsumer<String, Future<Optional<StockEvent>>> onSnapshot) {
        this.redis = redis;
        this.onSnapshot = onSnapshot;
    }

    /** Requests a snapshot; a read in progress is shared. */
    void request(String productId) {
        if (!inProgress.contains(productId)) {
            requestFresh(productId);
        }
    }

    /** Requests a snapshot that is read from now on: a read in progress may predate a missed event. */
    void requestFresh(String productId) {
        requested.add(productId);
        dispatch();
    }

    private void dispatch() {
        if (dispatching) {
            // Without a connection a read fails synchronously, in the middle of the loop below.
            return;
        }
        dispatching = true;
        for (Optional<String> readable = nextReadable(); readable.isPresent(); readable = nextReadable()) {
            String productId = readable.get();
            requested.remove(productId);
            inProgress.add(productId);
            read(productId).onComplete(read -> {
                inProgress.remove(productId);
                onSnapshot.accept(
                        productId,
                        read.succeeded() ? Future.succeededFuture(read.result()) : Future.failedFuture(read.cause()));
                dispatch();
            });
        }
        dispatching = false;
    }

    /** Returns a requested product that may be read now. */
    private Optional<String> nextReadable() {
        return inProgress.size() < MAX_CONCURRENT_READS
                ? requested.stream().filter(each -> !inProgress.contains(each)).findFirst()
                : Optional.empty();
    }

    private Future<Optional<StockEvent>> read(String productId) {
        return redis.run(snapshot, List.of(Keys.sale(productId), Keys.stock(productId)), List.of())
                .map(reply -> reply.asStrings().isEmpty()
                        ? Optional.empty()
                        : Optional.of(StockEvent.snapshot(
                                productId,
                                reply.at(1).asLong(),
                                reply.at(0).asLong(),
                                reply.at(2).asLong() == 1)));
    }
}
