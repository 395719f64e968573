package io.flashsale.ratelimit;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits calls with counters in Redis: by address in a fixed window, by user in an exact sliding window.
 *
 * <p>Confined to the event loop of its Redis connection.
 */
public final class RateLimiter {
    /**
     * Configures the limit of each action. Missing actions are not limited.
     *
     * @param byAddress limits by client address
     * @param byUser limits by user, or by address and e-mail before the user is authenticated
     */
    public record Settings(Map<Action, RateLimit> byAddress, Map<Action, RateLimit> byUser) {
        /** Makes the limits immutable. */
        public Settings {
            byAddress = copy(byAddress);
            byUser = copy(byUser);
        }

        private static Map<Action, RateLimit> copy(Map<Action, RateLimit> limits) {
            Map<Action, RateLimit> copy = new EnumMap<>(Action.class);
            copy.putAll(limits);
            return Collections.unmodifiableMap(copy);
        }
    }

    /**
     * Carries the result of counting a call.
     *
     * @param admitted whether the call is admitted
     * @param limit the limit that applies
     * @param remaining number of calls still admitted now
     * @param reset time until more calls are admitted
     */
    public record Verdict(boolean admitted, RateLimit limit, int remaining, Duration reset) {}

    private final RedisGateway redis;
    private final Settings settings;
    private final RejectionCache rejections;
    private final Script fixedWindow = Script.load("limit-window-1");
    private final Script slidingWindow = Script.load("limit-sliding-1");

    /**
     * Creates a limiter.
     *
     * @param rejections shared by all limiters of a node
     */
    public RateLimiter(RedisGateway redis, Settings settings, RejectionCache rejections) {
        this.redis = redis;
        this.settings = settings;
        this.rejections = rejections;
    }

    /** Counts a call by client address; empty if the action is not limited. */
    public Future<Optional<Verdict>> byAddress(Action action, String address) {
        RateLimit limit = settings.byAddress().get(action);
        if (limit == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return count(fixedWindow, action.wireName(), "ip:" + address, limit)
                .recover(failure -> action.failsOpen() && failure instanceof RedisUnavailableException
                        ? Future.succeededFuture(rejections.countLocally(action + "|" + address, limit))
                        : Future.failedFuture(failure))
                .map(Optional::of);
    }

    /** Counts a call by user; empty if the action is not limited. */
    public Future<Optional<Verdict>> byUser(Action action, String user) {
        RateLimit limit = settings.byUser().get(action);
        if (limit == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return count(slidingWindow, action.wireName(), "user:" + user, limit).map(Optional::of);
    }

    /** Returns the value if the call is admitted; otherwise fails with {@link AccessDeniedException}. */
    public static <T> Future<T> require(Optional<Verdict> verdict, T value) {
        return verdict.isEmpty() || verdict.get().admitted()
                ? Future.succeededFuture(value)
                : Future.failedFuture(new AccessDeniedException(
                        AccessDeniedException.Reason.RATE_LIMITED, verdict.get().reset()));
    }

    /** Counts in a separate fixed window, for events that are not an {@link Action}. */
    public Future<Verdict> countInWindow(String action, String subject, RateLimit limit) {
        return count(fixedWindow, action, subject, limit);
    }

    private Future<Verdict> count(Script script, String action, String subject, RateLimit limit) {
        String key = Keys.rateLimit(action, subject);
        Optional<Duration> rejected = rejections.rejectedFor(key);
        if (rejected.isPresent()) {
            return Future.succeededFuture(new Verdict(false, limit, 0, rejected.get()));
        }
        List<String> arguments = List.of(
                String.valueOf(limit.count()), String.valueOf(limit.window().toMillis()));
        return redis.run(script, List.of(key), arguments).map(reply -> verdict(reply, key, limit));
    }

    private Verdict verdict(Reply reply, String key, RateLimit limit) {
        boolean admitted = reply.at(0).asLong() == 1;
        Duration reset = Duration.ofMillis(reply.at(2).asLong());
        if (!admitted) {
            rejections.remember(key, reset);
        }
        return new Verdict(admitted, limit, (int) reply.at(1).asLong(), reset);
    }
}
