package io.flashsale.ratelimit;

import io.flashsale.ratelimit.RateLimiter.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Caches rejections that are certain until a known time, so that a client that keeps calling costs no round trip to
 * Redis. It also counts calls locally while Redis is unavailable.
 *
 * <p>Bounded, and shared by all event loops of a node.
 */
public final class RejectionCache {
    private static final int MAX_ENTRIES = 100_000;
    /** Limits how long a clock jump can block a client. */
    private static final Duration MAX_DURATION = Duration.ofMinutes(5);

    private record Window(long endsAtMillis, int count) {}

    private final Clock clock;
    private final Map<String, Long> rejectedUntil = new ConcurrentHashMap<>();
    private final Map<String, Window> localCounts = new ConcurrentHashMap<>();

    /** Creates an empty cache. */
    public RejectionCache(Clock clock) {
        this.clock = clock;
    }

    /** Returns how long calls with this key are certain to be rejected; empty if only Redis can decide. */
    Optional<Duration> rejectedFor(String key) {
        Long until = rejectedUntil.get(key);
        if (until == null) {
            return Optional.empty();
        }
        long left = until - clock.millis();
        if (left <= 0 || left > MAX_DURATION.toMillis()) {
            rejectedUntil.remove(key, until);
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis(left));
    }

    void remember(String key, Duration duration) {
        if (rejectedUntil.size() >= MAX_ENTRIES) {
            long now = clock.millis();
            rejectedUntil.values().removeIf(until -> until <= now);
        }
        if (rejectedUntil.size() < MAX_ENTRIES) {
            rejectedUntil.put(key, clock.millis() + Math.min(duration.toMillis(), MAX_DURATION.toMillis()));
        }
    }

    /** Counts a call on this node only. */
    Verdict countLocally(String subject, RateLimit limit) {
        long now = clock.millis();
        if (localCounts.size() >= MAX_ENTRIES) {
            localCounts.clear();
        }
        long window = limit.window().toMillis();
        Window counted = localCounts.merge(
                subject,
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
