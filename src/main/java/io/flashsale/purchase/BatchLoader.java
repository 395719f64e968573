package io.flashsale.purchase;

import io.flashsale.async.Futures;
import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Batches reads: keys that are requested during a read are loaded together by the next one. A value is never older than
 * the request for it. Belongs to one event loop.
 *
 * @param <K> type of keys
 * @param <V> type of values
 */
final class BatchLoader<K, V> {
    private static final int MAX_BATCH_SIZE = 500;

    private final Function<Set<K>, Future<Map<K, V>>> read;
    private final int maxPending;
    private final Map<K, Promise<Optional<V>>> pending = new LinkedHashMap<>();
    private boolean reading;

    /**
     * Creates a loader.
     *
     * @param read reads several keys; a key without a result does not exist
     * @param maxPending number of keys that may wait for the next read; further requests fail
     */
    BatchLoader(Function<Set<K>, Future<Map<K, V>>> read, int maxPending) {
        this.read = read;
        this.maxPending = maxPending;
    }

    Future<Optional<V>> load(K key) {
        Promise<Optional<V>> promise = pending.get(key);
        if (promise == null) {
            if (pending.size() >= maxPending) {
                return Future.failedFuture(new StoreUnavailableException("too many pending reads"));
            }
            promise = Promise.promise();
            pending.put(key, promise);
        }
        if (!reading) {
            readBatch();
        }
        return promise.future();
    }

    private void readBatch() {
        Map<K, Promise<Optional<V>>> batch = new HashMap<>();
        Iterator<Map.Entry<K, Promise<Optional<V>>>> next = pending.entrySet().iterator();
        while (next.hasNext() && batch.size() < MAX_BATCH_SIZE) {
            Map.Entry<K, Promise<Optional<V>>> request = next.next();
            batch.put(request.getKey(), request.getValue());
            next.remove();
        }
        reading = true;
        // An exception counts as a failed read; otherwise all later requests would hang.
        Futures.attempt(() -> read.apply(batch.keySet())).onComplete(done -> {
            reading = false;
            batch.forEach((key, promise) -> {
                if (done.succeeded()) {
                    promise.complete(Optional.ofNullable(done.result().get(key)));
                } else {
                    promise.fail(done.cause());
                }
            });
            if (!pending.isEmpty() && !reading) {
                readBatch();
            }
        });
    }
}
