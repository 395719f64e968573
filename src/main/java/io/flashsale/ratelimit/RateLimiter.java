package io.flashsale.ratelimit;

import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts calls in Redis: by address in a fixed window, by user in one that slides exactly.
 *
 * <p>Belongs to the event loop of its link.
 */
public final class RateLimiter {
    /**
     * The limits of each action; an action that is missing is not limited.
     *
     * @param byAddress by the client's address
     * @param byUser by user, or by address and e-mail where there is no user yet
     */
    public record Settings(Map<Action, RateLimit> byAddress, Map<Action, RateLimit> byUser) {
        /** Keeps the limits from being changed. */
        public Settings {
            byAddress = copy(byAddress);
            byUser = copy(byUser);
        }

        private static Map<Action, RateLimit> copy(Map<Action, RateLimit> limits) {
            Map<Action, RateLimit> copy = new EnumMap<>(Action.class);
            copy.putAll(limits);
            return java.util.Collections.unmodifiableMap(copy);
        }
    }

    /**
     * What came of counting a call.
     *
     * @param admitted whether it may pass
     * @param limit that was applied
     * @param remaining calls that may still pass now
     * @param reset when more may
     */
    public record Verdict(boolean admitted, RateLimit limit, int remaining, Duration reset) {}

    private final RedisGateway redis;
    private final Settings settings;
    private final RejectionCache memory;
    private final Script window = Script.load("limit-window-1");
    private final Script sliding = Script.load("limit-sliding-1");

    /**
     * Makes a limiter.
     *
     * @param memory shared by all limiters of a node
     */
    public RateLimiter(RedisGateway redis, Settings settings, RejectionCache memory) {
        this.redis = redis;
        this.settings = settings;
        this.memory = memory;
    }

    /** Counts a call by its address; empty where nothing is limited. */
    public Future<Optional<Verdict>> byAddress(Action action, String address) {
        RateLimit limit = settings.byAddress().get(action);
        if (limit == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return count(window, action.wireName(), "ip:" + address, limit)
                .recover(failure -> action.failsOpen() && failure instanceof RedisUnavailableException
                        ? Future.succeededFuture(memory.countLocally(action + "|" + address, limit))
                        : Future.failedFuture(failure))
                .map(Optional::of);
    }

    /** Counts a call by its user; empty where nothing is limited. */
    public Future<Optional<Verdict>> byUser(Action action, String user) {
        RateLimit limit = settings.byUser().get(action);
        if (limit == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return count(sliding, action.wireName(), "user:" + user, limit).map(Optional::of);
    }

    /** Fails with a refusal where the verdict is one. */
    public static <T> Future<T> require(Optional<Verdict> verdict, T value) {
        return verdict.isEmpty() || verdict.get().admitted()
                ? Future.succeededFuture(value)
                : Future.failedFuture(new AccessDeniedException(
                        AccessDeniedException.Reason.RATE_LIMITED, verdict.get().reset()));
    }

    /** Counts in a fixed window of its own; used for what an action does not name. */
    public Future<Verdict> inWindow(String action, String who, RateLimit limit) {
        return count(window, action, who, limit);
    }

    private Future<Verdict> count(Script script, String action, String who, RateLimit limit) {
        String key = Keys.rateLimit(action, who);
        Optional<Duration> refused = memory.refusedFor(key);
        if (refused.isPresent()) {
            return Future.succeededFuture(new Verdict(false, limit, 0, refused.get()));
        }
        List<String> arguments = List.of(
                String.valueOf(limit.count()), String.valueOf(limit.window().toMillis()));
        return redis.run(script, List.of(key), arguments).map(reply -> verdict(reply, key, limit));
    }

    private Verdict verdict(Reply reply, String key, RateLimit limit) {
        boolean admitted = reply.at(0).asLong() == 1;
        Duration reset = Duration.ofMillis(reply.at(2).asLong());
        if (!admitted) {
            memory.remember(key, reset);
        }
        return new Verdict(admitted, limit, (int) reply.at(1).asLong(), reset);
    }
}
