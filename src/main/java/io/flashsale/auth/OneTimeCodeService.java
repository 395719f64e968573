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
 * Issues and checks six-digit codes, valid for a few minutes, a few tries and one use. Redis stores only a keyed
 * digest, bound to user and purpose, so that a code is useless for any other account or purpose.
 *
 * <p>Confined to the event loop of its Redis connection.
 */
public final class OneTimeCodeService {
    static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final int MAX_TRIES = 5;
    private static final int CODES = 1_000_000;

    /** The purpose that a code is bound to. */
    enum Purpose {
        SIGN_IN,
        NEW_PASSWORD
    }

    private final RedisGateway redis;
    private final Hmacs hmac;
    private final SecureRandom random = new SecureRandom();
    private final Script putCode = Script.load("put-code-1");
    private final Script useCode = Script.load("use-code-1");

    /**
     * Creates a service.
     *
     * @param secret the key of the digests, shared by all nodes
     */
    public OneTimeCodeService(RedisGateway redis, byte[] secret) {
        this.redis = redis;
        this.hmac = new Hmacs(secret);
    }

    /** Issues a new code, which replaces an earlier one for the same purpose. */
    Future<String> issue(String email, String userId, Purpose purpose) {
        String code = String.format("%06d", random.nextInt(CODES));
        return redis.run(
                        putCode,
                        List.of(key(email, purpose)),
                        List.of(
                                digest(userId, purpose, code),
                                String.valueOf(MAX_TRIES),
                                String.valueOf(LIFETIME.toMillis())))
                .map(code);
    }

    /**
     * Returns whether the code is right. A right code is used up by this call, and too many wrong tries invalidate it.
     */
    Future<Boolean> use(String email, String userId, Purpose purpose, String code) {
        return redis.run(useCode, List.of(key(email, purpose)), List.of(digest(userId, purpose, code)))
                .map(reply -> reply.at(0).asString().equals("RIGHT"));
    }

    private static String key(String email, Purpose purpose) {
        return purpose == Purpose.SIGN_IN ? Keys.otp(email) : Keys.passwordOtp(email);
    }

    private String digest(String userId, Purpose purpose, String code) {
        return hmac.hexOf("code|" + purpose + "|" + userId + "|" + code);
    }
}
