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
 * Answers many questions with few reads: while one read is under way, the questions for the next gather. Every answer was
 * read after it was asked for. Belongs to one event loop.
 */
final class BatchLoader<K, V> {
    private static final int MAX_AT_ONCE = 500;

    private final Function<Set<K>, Future<Map<K, V>>> read;
    private final int maxWaiting;
    private final Map<K, Promise<Optional<V>>> waiting = new LinkedHashMap<>();
    private boolean reading;

    /**
     * Makes it.
     *
     * @param read reads several; what is missing in its result is not there
     * @param maxWaiting questions that may wait at once; one more fails
     */
    BatchLoader(Function<Set<K>, Future<Map<K, V>>> read, int maxWaiting) {
        this.read = read;
        this.maxWaiting = maxWaiting;
    }

    Future<Optional<V>> ask(K key) {
        Promise<Optional<V>> answer = waiting.get(key);
        if (answer == null) {
            if (waiting.size() >= maxWaiting) {
                return Future.failedFuture(new StoreUnavailableException("too many reads wait"));
            }
            answer = Promise.promise();
            waiting.put(key, answer);
        }
        if (!reading) {
            readAll();
        }
        return answer.future();
    }

    private void readAll() {
        Map<K, Promise<Optional<V>>> asked = new HashMap<>();
        Iterator<Map.Entry<K, Promise<Optional<V>>>> next = waiting.entrySet().iterator();
        while (next.hasNext() && asked.size() < MAX_AT_ONCE) {
            Map.Entry<K, Promise<Optional<V>>> question = next.next();
            asked.put(question.getKey(), question.getValue());
            next.remove();
        }
        reading = true;
        // A read that throws has failed like any other; else nobody would ever be answered again.
        Futures.attempt(() -> read.apply(asked.keySet())).onComplete(done -> {
            reading = false;
            asked.forEach((key, answer) -> {
                if (done.succeeded()) {
                    answer.complete(Optional.ofNullable(done.result().get(key)));
                } else {
                    answer.fail(done.cause());
                }
            });
            if (!waiting.isEmpty() && !reading) {
                readAll();
            }
        });
    }
}
