package io.flashsale.ratelimit;

import io.flashsale.ratelimit.RateLimiter.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Refusals that are certain until a known time, so that whoever hammers the door costs no round trip; and a stand-in for
 * the counts while Redis is away.
 *
 * <p>Bounded; shared by all event loops of a node.
 */
public final class RejectionCache {
    private static final int MAX_ENTRIES = 100_000;
    /** A clock that jumps must not keep anybody out for long. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private record Window(long endsAtMillis, int count) {}

    private final Clock clock;
    private final Map<String, Long> refusedUntil = new ConcurrentHashMap<>();
    private final Map<String, Window> localCounts = new ConcurrentHashMap<>();

    /** Makes an empty memory. */
    public RejectionCache(Clock clock) {
        this.clock = clock;
    }

    /** For how long this key is refused whatever is asked, or empty where Redis has to be asked. */
    Optional<Duration> refusedFor(String key) {
        Long until = refusedUntil.get(key);
        if (until == null) {
            return Optional.empty();
        }
        long left = until - clock.millis();
        if (left <= 0 || left > LONGEST.toMillis()) {
            refusedUntil.remove(key, until);
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis(left));
    }

    void remember(String key, Duration refused) {
        if (refusedUntil.size() >= MAX_ENTRIES) {
            long now = clock.millis();
            refusedUntil.values().removeIf(until -> until <= now);
        }
        if (refusedUntil.size() < MAX_ENTRIES) {
            refusedUntil.put(key, clock.millis() + Math.min(refused.toMillis(), LONGEST.toMillis()));
        }
    }

    /** Counts on this node alone. */
    Verdict countLocally(String who, RateLimit limit) {
        long now = clock.millis();
        if (localCounts.size() >= MAX_ENTRIES) {
            localCounts.clear();
        }
        long window = limit.window().toMillis();
        Window counted = localCounts.merge(
                who,
                new Window(now + window, 1),
                (old, fresh) -> old.endsAtMillis() <= now || old.endsAtMillis() > now + window
                        ? fresh
                        : new Window(old.endsAtMillis(), Math.min(old.count() + 1, limit.count() + 1)));
        return new Verdict(
                counted.count() <= limit.count(),
                limit,
                Math.max(0, limit.count() - counted.count()),
                Duration.ofMillis(counted.endsAtMillis() - now));
    }
}
