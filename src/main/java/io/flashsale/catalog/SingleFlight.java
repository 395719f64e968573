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
 * Reads that are under way, so that many who miss the same key cause one read.
 *
 * <p>Belongs to one event loop.
 *
 * @param <T> what is read
 */
final class SingleFlight<T> {
    /**
     * A reader does not join a read that began longer ago: it may have passed an edit that was answered before the
     * reader came.
     */
    private static final Duration JOINABLE = Duration.ofMillis(250);

    private record Flight<T>(Future<T> result, long startedAtMillis) {}

    private final Map<String, Flight<T>> underWay = new HashMap<>();
    private final Clock clock;
    private final int max;

    /**
     * Makes room for reads.
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
     * @param keep is given the value and ends when it can be found elsewhere; until then the read can be joined, so that
     *     who looked before that and comes after does not start another
     * @return fails as the read does, and with {@link StoreUnavailableException} where too many are under way
     */
    Future<T> join(String key, Supplier<Future<T>> read, Function<T, Future<Void>> keep) {
        long now = clock.millis();
        Flight<T> joinable = underWay.get(key);
        if (joinable != null && Math.abs(now - joinable.startedAtMillis()) < JOINABLE.toMillis()) {
            return joinable.result();
        }
        if (joinable == null && underWay.size() >= max) {
            return Future.failedFuture(new StoreUnavailableException("too many reads of the catalogue under way"));
        }
        Flight<T> flight = new Flight<>(read.get(), now);
        underWay.put(key, flight);
        flight.result().compose(keep).onComplete(done -> underWay.remove(key, flight));
        return flight.result();
    }

    /** Lets nobody join the read of this key any more. */
    void forget(String key) {
        underWay.remove(key);
    }

    /** Lets nobody join any read any more. */
    void forgetAll() {
        underWay.clear();
    }
}
