package io.flashsale.auth;

import io.flashsale.domain.Hmacs;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/**
 * Codes of six digits, good for a few minutes, a few tries and one use. Redis keeps only a keyed digest, bound to the user
 * and the purpose, so that a code for one account or purpose opens no other.
 *
 * <p>Belongs to the event loop of its link.
 */
public final class OneTimeCodeService {
    static final Duration LIFE = Duration.ofMinutes(5);
    private static final int TRIES = 5;
    private static final int CODES = 1_000_000;

    /** What a code is for. */
    enum Purpose {
        SIGN_IN,
        NEW_PASSWORD
    }

    private final RedisGateway redis;
    private final Hmacs hmac;
    private final SecureRandom random = new SecureRandom();
    private final Script put = Script.load("put-code-1");
    private final Script use = Script.load("use-code-1");

    /**
     * Makes codes.
     *
     * @param secret shared by all nodes; keys the digests
     */
    public OneTimeCodeService(RedisGateway redis, byte[] secret) {
        this.redis = redis;
        this.hmac = new Hmacs(secret);
    }

    /** A new code; an earlier one for the same purpose is void. */
    Future<String> next(String email, String userId, Purpose purpose) {
        String code = String.format("%06d", random.nextInt(CODES));
        return redis.run(
                        put,
                        List.of(key(email, purpose)),
                        List.of(digest(userId, purpose, code), String.valueOf(TRIES), String.valueOf(LIFE.toMillis())))
                .map(code);
    }

    /** Whether the code is right; it is void afterwards, and so it is after too many wrong ones. */
    Future<Boolean> use(String email, String userId, Purpose purpose, String code) {
        return redis.run(use, List.of(key(email, purpose)), List.of(digest(userId, purpose, code)))
                .map(reply -> reply.at(0).asString().equals("RIGHT"));
    }

    private static String key(String email, Purpose purpose) {
        return purpose == Purpose.SIGN_IN ? Keys.otp(email) : Keys.passwordOtp(email);
    }

    private String digest(String userId, Purpose purpose, String code) {
        return hmac.hexOf("code|" + purpose + "|" + userId + "|" + code);
    }
}
