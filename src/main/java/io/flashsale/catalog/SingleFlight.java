package io.flashsale.catalog;

import io.flashsale.persistence.StoreUnavailableException;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Shares one read among concurrent misses of the same key, which prevents a cache stampede.
 *
 * <p>Belongs to one event loop.
 *
 * @param <T> the type of the value
 */
final class SingleFlight<T> {
    /**
     * The maximum age of a read that can be joined. An older read may predate an edit that was answered before the new
     * reader arrived.
     */
    private static final Duration MAX_JOINABLE_AGE = Duration.ofMillis(250);

    private record Flight<T>(Future<T> result, long startedAtMillis) {}

    private final Map<String, Flight<T>> flights = new HashMap<>();
    private final Clock clock;
    private final int max;

    /**
     * Creates a single flight for each key.
     *
     * @param max keys that may be read at once; one more is refused
     */
    SingleFlight(Clock clock, int max) {
        this.clock = clock;
        this.max = max;
    }

    /**
     * Joins the read of this key, or starts it.
     *
     * @param read reads the value
     * @param keep caches the value; until it completes the read can be joined, so that a reader that missed the cache
     *     just before does not start another read
     * @return fails as the read does, or with {@link StoreUnavailableException} if too many keys are being read
     */
    Future<T> join(String key, Supplier<Future<T>> read, Function<T, Future<Void>> keep) {
        long now = clock.millis();
        Flight<T> joinable = flights.get(key);
        if (joinable != null && Math.abs(now - joinable.startedAtMillis()) < MAX_JOINABLE_AGE.toMillis()) {
            return joinable.result();
        }
        if (joinable == null && flights.size() >= max) {
            return Future.failedFuture(new StoreUnavailableException("too many concurrent reads of the catalogue"));
        }
        Flight<T> flight = new Flight<>(read.get(), now);
        flights.put(key, flight);
        flight.result().compose(keep).onComplete(done -> flights.remove(key, flight));
        return flight.result();
    }

    /** Makes the read of a key no longer joinable. */
    void forget(String key) {
        flights.remove(key);
    }

    /** Makes all reads no longer joinable. */
    void forgetAll() {
        flights.clear();
    }
}
