package io.flashsale.auth;

import io.flashsale.domain.Requirements;
import io.flashsale.persistence.account.Account;
import io.flashsale.persistence.session.SessionStore;
import io.flashsale.persistence.session.SessionStore.StoredSession;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Manages sessions. Verified sessions are stored in MongoDB, with Redis as their cache.
 *
 * <p>Nodes hold no local copy, so a logout takes effect on all nodes at once. Confined to the event loop of its Redis
 * connection.
 */
public final class SessionService {
    /**
     * Configures the lifetime of sessions.
     *
     * @param pending maximum time from the password to the code
     * @param idle maximum time between two uses
     * @param absolute maximum total lifetime, regardless of use
     */
    public record Settings(Duration pending, Duration idle, Duration absolute) {
        /** Rejects values that make no sense. */
        public Settings {
            new Requirements()
                    .that(pending.toSeconds() >= 1, "sessionPending must be at least 1s")
                    .that(idle.toSeconds() >= 1, "sessionIdle must be at least 1s")
                    .that(absolute.compareTo(idle) >= 0, "sessionAbsolute must not be below sessionIdle")
                    .check();
        }
    }

    /** The minimum interval between two updates of a session's idle expiry in MongoDB. */
    private static final Duration MAX_IDLE_STALENESS = Duration.ofMinutes(5);

    /** How long Redis caches that MongoDB has no session for a genuine id, to spare MongoDB repeated lookups. */
    private static final Duration UNKNOWN_ID_TTL = Duration.ofMinutes(1);

    private final RedisGateway redis;
    private final SessionStore store;
    private final SessionIds ids;
    private final Settings settings;
    private final Clock clock;
    private final Script lookUp = Script.load("session-1");
    private final Script put = Script.load("put-session-1");
    private final Script revoke = Script.load("revoke-session-1");

    /**
     * Creates a service.
     *
     * @param secret the key of the ids' checksums, shared by all nodes
     */
    public SessionService(RedisGateway redis, SessionStore store, byte[] secret, Settings settings, Clock clock) {
        this.redis = redis;
        this.store = store;
        this.ids = new SessionIds(secret);
        this.settings = settings;
        this.clock = clock;
    }

    /** Finds the session with this id; empty if the id is forged, unknown, expired or ended. */
    Future<Optional<Session>> find(String id) {
        Optional<SessionIds.DecodedId> decoded = ids.decode(id);
        if (decoded.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String hash = decoded.get().hash();
        return redis.run(lookUp, List.of(Keys.session(hash)), List.of(millis(settings.idle()), millis(staleness())))
                .compose(reply -> switch (reply.at(0).asString()) {
                    case "FOUND" -> Future.succeededFuture(found(hash, reply));
                    case "MISSING" -> decoded.get().verified() ? findStored(hash) : noSession();
                    default -> noSession();
                })
                .map(session -> session.filter(found -> clock.instant().isBefore(found.expiresAt())));
    }

    private Optional<Session> found(String hash, Reply reply) {
        if (reply.at(1).asLong() == 1) {
            // Not awaited: if the update is lost, the session times out slightly earlier after a loss of Redis.
            store.touch(hash, clock.instant().plus(settings.idle()));
        }
        return Optional.of(new Session(
                hash,
                reply.at(2).asString(),
                reply.at(3).asString(),
                reply.at(4).asString(),
                reply.at(5).asString().equals("1"),
                reply.at(8).asLong(),
                Instant.ofEpochMilli(reply.at(6).asLong()),
                Instant.ofEpochMilli(reply.at(7).asLong())));
    }

    /** Does the same, but looks in MongoDB during a Redis outage: for the few requests that admins need then. */
    Future<Optional<Session>> findOrFallback(String id) {
        return find(id).recover(failure -> {
            Optional<SessionIds.DecodedId> decoded = ids.decode(id);
            return failure instanceof RedisUnavailableException
                            && decoded.isPresent()
                            && decoded.get().verified()
                    ? store.find(decoded.get().hash()).map(found -> alive(found).map(SessionService::sessionOf))
                    : Future.failedFuture(failure);
        });
    }

    private Optional<StoredSession> alive(Optional<StoredSession> found) {
        Instant now = clock.instant();
        return found.filter(stored -> now.isBefore(stored.expiresAt())
                && now.isBefore(stored.idleUntil().plus(staleness())));
    }

    private Future<Optional<Session>> findStored(String hash) {
        return store.find(hash).compose(found -> {
            Optional<StoredSession> alive = alive(found);
            if (alive.isEmpty()) {
                return revoke(hash, UNKNOWN_ID_TTL).map(Optional.empty());
            }
            Session session = sessionOf(alive.get());
            return cache(session, settings.idle()).map(cached -> cached ? Optional.of(session) : Optional.empty());
        });
    }

    /** Starts a pending session after a correct password. It only allows entering the code. */
    Future<SessionToken> begin(User user) {
        String id = ids.generate(false);
        Session session = newSession(id, user, false, settings.pending());
        return cache(session, settings.pending()).map(cached -> new SessionToken(id, session.expiresAt()));
    }

    /**
     * Replaces a pending session with a verified one under a new id.
     *
     * @return the new session and its token
     */
    Future<AccountService.Verified> verify(Session pending, Account account) {
        String id = ids.generate(true);
        Session session = newSession(id, Identity.of(account), true, settings.absolute());
        StoredSession stored = new StoredSession(
                session.idHash(),
                session.userId(),
                session.email(),
                session.role(),
                session.generation(),
                session.createdAt(),
                session.createdAt().plus(settings.idle()),
                session.expiresAt());
        return store.insert(stored)
                .compose(inserted -> cache(session, settings.idle()))
                .compose(cached -> end(pending))
                .map(ended -> new AccountService.Verified(new SessionToken(id, session.expiresAt()), session));
    }

    /** Ends a session on all nodes at once. MongoDB goes first, so that it stays ended even if Redis loses data. */
    Future<Void> end(Session session) {
        Future<Void> removed = session.verified() ? store.remove(session.idHash()) : Future.succeededFuture();
        return removed.compose(done -> revoke(session.idHash(), settings.absolute()));
    }

    /** Ends all of a user's verified sessions except one. */
    Future<Void> endAll(String userId, String exceptIdHash) {
        return store.ofUser(userId).compose(hashes -> {
            Future<Void> done = Future.succeededFuture();
            for (String hash : hashes) {
                if (!hash.equals(exceptIdHash)) {
                    done = done.compose(before -> store.remove(hash))
                            .compose(removed -> revoke(hash, settings.absolute()));
                }
            }
            return done;
        });
    }

    private Future<Void> revoke(String hash, Duration ttl) {
        return redis.run(revoke, List.of(Keys.session(hash)), List.of(millis(ttl)))
                .mapEmpty();
    }

    private Future<Boolean> cache(Session session, Duration ttl) {
        List<String> arguments = List.of(
                millis(ttl),
                "userId",
                session.userId(),
                "email",
                session.email(),
                "role",
                session.role(),
                "verified",
                session.verified() ? "1" : "0",
                "createdAt",
                String.valueOf(session.createdAt().toEpochMilli()),
                "expiresAt",
                String.valueOf(session.expiresAt().toEpochMilli()),
                "generation",
                String.valueOf(session.generation()));
        return redis.run(put, List.of(Keys.session(session.idHash())), arguments)
                .map(reply -> reply.asLong() == 1);
    }

    private Session newSession(String id, User user, boolean verified, Duration lifetime) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Session(
                SessionIds.hash(id),
                Identity.userId(user),
                Identity.email(user),
                Identity.role(user),
                verified,
                Identity.generation(user),
                now,
                now.plus(lifetime));
    }

    private static Session sessionOf(StoredSession stored) {
        return new Session(
                stored.idHash(),
                stored.userId(),
                stored.email(),
                stored.role(),
                true,
                stored.generation(),
                stored.createdAt(),
                stored.expiresAt());
    }

    private Duration staleness() {
        Duration tenth = settings.idle().dividedBy(10);
        return tenth.compareTo(MAX_IDLE_STALENESS) < 0 ? tenth : MAX_IDLE_STALENESS;
    }

    private static Future<Optional<Session>> noSession() {
        return Future.succeededFuture(Optional.empty());
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }
}
