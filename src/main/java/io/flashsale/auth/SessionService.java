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
 * Sessions: kept in MongoDB once verified, with Redis as their cache.
 *
 * <p>There is no copy on a node, so that a logout is one everywhere at once. Belongs to the event loop of its link.
 */
public final class SessionService {
    /**
     * How long sessions live.
     *
     * @param pending from the password to the code
     * @param idle between two uses
     * @param absolute however busy it is
     */
    public record Settings(Duration pending, Duration idle, Duration absolute) {
        /** Refuses what makes no sense. */
        public Settings {
            new Requirements()
                    .that(pending.toSeconds() >= 1, "sessionPending must be at least 1s")
                    .that(idle.toSeconds() >= 1, "sessionIdle must be at least 1s")
                    .that(absolute.compareTo(idle) >= 0, "sessionAbsolute must not be below sessionIdle")
                    .check();
        }
    }

    /** The end of an idle session is put off at most this often, not with every call. */
    private static final Duration LONGEST_STALENESS = Duration.ofMinutes(5);

    /** An id that MongoDB did not know, well made as it was, costs MongoDB nothing for this long. */
    private static final Duration UNKNOWN_REMEMBERED = Duration.ofMinutes(1);

    private final RedisGateway redis;
    private final SessionStore store;
    private final SessionIds ids;
    private final Settings settings;
    private final Clock clock;
    private final Script lookUp = Script.load("session-1");
    private final Script put = Script.load("put-session-1");
    private final Script revoke = Script.load("revoke-session-1");

    /**
     * Wires sessions to both stores.
     *
     * @param secret shared by all nodes
     */
    public SessionService(RedisGateway redis, SessionStore store, byte[] secret, Settings settings, Clock clock) {
        this.redis = redis;
        this.store = store;
        this.ids = new SessionIds(secret);
        this.settings = settings;
        this.clock = clock;
    }

    /** The session of that id; empty for one that is made up, unknown, expired or ended. */
    Future<Optional<Session>> find(String id) {
        Optional<SessionIds.Known> known = ids.read(id);
        if (known.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        String hash = known.get().hash();
        return redis.run(lookUp, List.of(Keys.session(hash)), List.of(millis(settings.idle()), millis(staleness())))
                .compose(reply -> switch (reply.at(0).asString()) {
                    case "FOUND" -> Future.succeededFuture(found(hash, reply));
                    case "MISSING" -> known.get().verified() ? findStored(hash) : nothing();
                    default -> nothing();
                })
                .map(session -> session.filter(found -> clock.instant().isBefore(found.expiresAt())));
    }

    private Optional<Session> found(String hash, Reply reply) {
        if (reply.at(1).asLong() == 1) {
            // Not waited for: if it is lost, the session idles out a little earlier after a loss of Redis.
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

    /** The same also where Redis is away, for the few who look after things then: MongoDB is asked. */
    Future<Optional<Session>> findAnywhere(String id) {
        return find(id).recover(failure -> {
            Optional<SessionIds.Known> known = ids.read(id);
            return failure instanceof RedisUnavailableException
                            && known.isPresent()
                            && known.get().verified()
                    ? store.find(known.get().hash()).map(found -> alive(found).map(SessionService::sessionOf))
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
                return end(hash, UNKNOWN_REMEMBERED).map(Optional.empty());
            }
            Session session = sessionOf(alive.get());
            return keep(session, settings.idle()).map(kept -> kept ? Optional.of(session) : Optional.empty());
        });
    }

    /** A session for somebody who knows the password, good for entering the code and nothing else. */
    Future<SessionToken> begin(User user) {
        String id = ids.next(false);
        Session session = session(id, user, false, settings.pending());
        return keep(session, settings.pending()).map(kept -> new SessionToken(id, session.expiresAt()));
    }

    /**
     * A verified session under a new id; the one that it came from ends.
     *
     * @return its token and itself
     */
    Future<AccountService.Verified> verify(Session pending, Account account) {
        String id = ids.next(true);
        Session session = session(id, Identity.of(account), true, settings.absolute());
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
                .compose(inserted -> keep(session, settings.idle()))
                .compose(kept -> end(pending))
                .map(ended -> new AccountService.Verified(new SessionToken(id, session.expiresAt()), session));
    }

    /** Ends a session on every node at once. MongoDB first, so that it stays ended whatever Redis forgets. */
    Future<Void> end(Session session) {
        Future<Void> removed = session.verified() ? store.remove(session.idHash()) : Future.succeededFuture();
        return removed.compose(done -> end(session.idHash(), settings.absolute()));
    }

    /** Ends all of a user's verified sessions but one. */
    Future<Void> endAll(String userId, String exceptIdHash) {
        return store.ofUser(userId).compose(hashes -> {
            Future<Void> done = Future.succeededFuture();
            for (String hash : hashes) {
                if (!hash.equals(exceptIdHash)) {
                    done = done.compose(before -> store.remove(hash))
                            .compose(removed -> end(hash, settings.absolute()));
                }
            }
            return done;
        });
    }

    private Future<Void> end(String hash, Duration remembered) {
        return redis.run(revoke, List.of(Keys.session(hash)), List.of(millis(remembered)))
                .mapEmpty();
    }

    private Future<Boolean> keep(Session session, Duration ttl) {
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

    private Session session(String id, User user, boolean verified, Duration life) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Session(
                SessionIds.hash(id),
                Identity.userId(user),
                Identity.email(user),
                Identity.role(user),
                verified,
                Identity.generation(user),
                now,
                now.plus(life));
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
        return tenth.compareTo(LONGEST_STALENESS) < 0 ? tenth : LONGEST_STALENESS;
    }

    private static Future<Optional<Session>> nothing() {
        return Future.succeededFuture(Optional.empty());
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }
}
