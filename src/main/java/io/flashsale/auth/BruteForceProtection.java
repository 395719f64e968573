package io.flashsale.auth;

import io.flashsale.domain.Hmacs;
import io.flashsale.ratelimit.AccessDeniedException;
import io.flashsale.ratelimit.RateLimit;
import io.flashsale.ratelimit.RateLimiter;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Stops attackers from guessing one account's password from many addresses. They cannot lock out its owner, because
 * addresses from which the account was verified before are exempt.
 *
 * <p>Confined to the event loop of its Redis connection.
 */
public final class BruteForceProtection {
    private static final String ACTION = "login-failed";
    private static final Duration KNOWN_ADDRESS_TTL = Duration.ofDays(30);

    private final RedisGateway redis;
    private final RateLimiter limiter;
    private final RateLimit failures;

    /**
     * Creates a protection.
     *
     * @param failures how many wrong passwords an account accepts from unknown addresses
     */
    public BruteForceProtection(RedisGateway redis, RateLimiter limiter, RateLimit failures) {
        this.redis = redis;
        this.limiter = limiter;
        this.failures = failures;
    }

    /** Fails after too many wrong passwords, unless the address is known. */
    Future<Void> check(String email, String address) {
        String key = Keys.rateLimit(ACTION, email);
        return redis.send("GET", key).compose(count -> {
            if (count.isNil() || count.asLong() < failures.count()) {
                return Future.succeededFuture();
            }
            return redis.send("EXISTS", knownKey(email, address))
                    .compose(known -> known.asLong() == 1
                            ? Future.succeededFuture()
                            : redis.send("PTTL", key)
                                    .compose(left -> Future.failedFuture(new AccessDeniedException(
                                            AccessDeniedException.Reason.RATE_LIMITED,
                                            Duration.ofMillis(Math.max(1_000, left.asLong()))))));
        });
    }

    /**
     * Counts a wrong password.
     *
     * @return how long unknown addresses are blocked, if this attempt reached the limit; otherwise empty
     */
    Future<Optional<Duration>> failed(String email, Throwable failure) {
        if (failure instanceof AccessDeniedException denied
                && denied.reason() == AccessDeniedException.Reason.WRONG_CREDENTIALS) {
            return limiter.countInWindow(ACTION, email, failures)
                    .map(verdict -> verdict.admitted() && verdict.remaining() == 0
                            ? Optional.of(verdict.reset())
                            : Optional.empty());
        }
        return Future.succeededFuture(Optional.empty());
    }

    void succeeded(String email, String address) {
        redis.send("SET", knownKey(email, address), "1", "PX", String.valueOf(KNOWN_ADDRESS_TTL.toMillis()));
    }

    private static String knownKey(String email, String address) {
        return Keys.knownAddress(Hmacs.sha256Hex(email).substring(0, 32), address);
    }
}
