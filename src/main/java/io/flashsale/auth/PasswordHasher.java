package io.flashsale.auth;

import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Requirements;
import io.flashsale.ratelimit.AccessDeniedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.mindrot.jbcrypt.BCrypt;

/**
 * Hashes passwords with bcrypt on its own worker pool with a bounded queue. Event loops never wait for it, and excess
 * logins are shed instead of queueing without limit.
 */
public final class PasswordHasher {
    /** bcrypt ignores the bytes of a password beyond this length. */
    private static final int MAX_BYTES = 72;

    private static final int MIN_BYTES = 10;
    private static final int STRONG_COST = 10;

    /** The rule for people. It counts characters as their length in UTF-8. */
    static final String RULE =
            "must have " + MIN_BYTES + " to " + MAX_BYTES + " characters; accented letters and emoji count as several";

    /**
     * Configures password hashing.
     *
     * @param bcryptCost binary logarithm of the number of rounds
     * @param workers number of dedicated threads
     * @param maxQueued maximum number of passwords that wait for a thread
     * @param allowWeakCost whether a cost below 10 is accepted; true only for the embedded default
     */
    public record Settings(int bcryptCost, int workers, int maxQueued, boolean allowWeakCost) {
        /** Rejects unsafe values. */
        public Settings {
            int minCost = allowWeakCost ? 4 : STRONG_COST;
            new Requirements()
                    .that(bcryptCost >= minCost && bcryptCost <= 16, "bcryptCost must be " + minCost + " to 16")
                    .that(workers >= 1 && workers <= 64, "passwordWorkers must be 1 to 64")
                    .that(maxQueued >= 1, "passwordQueue must be at least 1")
                    .check();
        }
    }

    private final WorkerExecutor pool;
    private final Settings settings;
    private final AtomicInteger waiting = new AtomicInteger();
    private final String dummyHash;

    /** Creates a hasher with its own pool. A node needs one. */
    public PasswordHasher(Vertx vertx, Settings settings) {
        this.settings = settings;
        this.pool = vertx.createSharedWorkerExecutor("passwords", settings.workers());
        this.dummyHash = BCrypt.hashpw("no account has this password", BCrypt.gensalt(settings.bcryptCost()));
    }

    /**
     * Rejects a password that is too short, or that bcrypt would truncate.
     *
     * @param field the field's name in the request
     */
    static void check(String field, String password) {
        if (!isAcceptable(password)) {
            throw new InvalidFieldsException(field, RULE);
        }
    }

    /** Returns whether the password is long enough and bcrypt reads all of it. */
    static boolean isAcceptable(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        return bytes >= MIN_BYTES && bytes <= MAX_BYTES && password.indexOf('\0') < 0;
    }

    /** Hashes the password with a new salt. Fails as overloaded if too many passwords are waiting. */
    Future<String> hash(String password) {
        return onPool(() -> BCrypt.hashpw(password, BCrypt.gensalt(settings.bcryptCost())));
    }

    /**
     * Returns whether the password matches the hash.
     *
     * @param hash the account's hash, or null without an account: the result is then false, after the same work
     */
    Future<Boolean> matches(String password, String hash) {
        boolean tooLong = password.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES || password.indexOf('\0') >= 0;
        return onPool(() ->
                BCrypt.checkpw(tooLong ? "" : password, hash == null ? dummyHash : hash) && hash != null && !tooLong);
    }

    /** Closes the pool. No hashing may be requested afterwards. */
    public Future<Void> close() {
        return pool.close();
    }

    private <T> Future<T> onPool(Callable<T> work) {
        if (waiting.incrementAndGet() > settings.maxQueued() + settings.workers()) {
            waiting.decrementAndGet();
            return Future.failedFuture(
                    new AccessDeniedException(AccessDeniedException.Reason.OVERLOADED, Duration.ofSeconds(2)));
        }
        return pool.executeBlocking(work, false).onComplete(done -> waiting.decrementAndGet());
    }
}
