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
 * Hashes passwords with bcrypt, on a pool of its own with a bounded queue: the event loops never wait for it, and a flood
 * of logins is shed instead of piling up.
 */
public final class PasswordHasher {
    /** What bcrypt reads of a password. */
    private static final int MAX_BYTES = 72;

    private static final int MIN_BYTES = 10;
    private static final int STRONG_COST = 10;

    static final String RULE = "must have " + MIN_BYTES + " to " + MAX_BYTES + " bytes of UTF-8, none of them U+0000";

    /**
     * How passwords are hashed.
     *
     * @param bcryptCost binary logarithm of the rounds
     * @param workers threads that do nothing else
     * @param maxQueued passwords that may wait for a thread
     * @param allowWeakCost whether a cost below 10 is accepted: on the embedded default only
     */
    public record Settings(int bcryptCost, int workers, int maxQueued, boolean allowWeakCost) {
        /** Refuses what would be unsafe. */
        public Settings {
            int least = allowWeakCost ? 4 : STRONG_COST;
            new Requirements()
                    .that(bcryptCost >= least && bcryptCost <= 16, "bcryptCost must be " + least + " to 16")
                    .that(workers >= 1 && workers <= 64, "passwordWorkers must be 1 to 64")
                    .that(maxQueued >= 1, "passwordQueue must be at least 1")
                    .check();
        }
    }

    private final WorkerExecutor pool;
    private final Settings settings;
    private final AtomicInteger waiting = new AtomicInteger();
    private final String nobodysHash;

    /** Makes a pool; one for a node. */
    public PasswordHasher(Vertx vertx, Settings settings) {
        this.settings = settings;
        this.pool = vertx.createSharedWorkerExecutor("passwords", settings.workers());
        this.nobodysHash = BCrypt.hashpw("nobody has this password", BCrypt.gensalt(settings.bcryptCost()));
    }

    /**
     * Refuses a password that bcrypt would cut off, or that is too easily guessed.
     *
     * @param field as the client calls it
     */
    static void check(String field, String password) {
        if (!isAcceptable(password)) {
            throw new InvalidFieldsException(field, RULE);
        }
    }

    /** Whether bcrypt would read all of it, and it is not too easily guessed. */
    static boolean isAcceptable(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        return bytes >= MIN_BYTES && bytes <= MAX_BYTES && password.indexOf('\0') < 0;
    }

    /** A hash with a salt of its own; fails with a refusal where too many wait. */
    Future<String> hash(String password) {
        return onPool(() -> BCrypt.hashpw(password, BCrypt.gensalt(settings.bcryptCost())));
    }

    /**
     * Whether the password is right.
     *
     * @param hash of the account, or null where there is none: then the answer is no, after the same work
     */
    Future<Boolean> matches(String password, String hash) {
        boolean tooLong = password.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES || password.indexOf('\0') >= 0;
        return onPool(() ->
                BCrypt.checkpw(tooLong ? "" : password, hash == null ? nobodysHash : hash) && hash != null && !tooLong);
    }

    /** Ends the pool; nobody waits for a password any more. */
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
