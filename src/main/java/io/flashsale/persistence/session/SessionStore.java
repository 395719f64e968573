package io.flashsale.persistence.session;

import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.IndexOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Stores verified sessions in MongoDB, keyed by the hash of their id. Redis is their cache: if it loses all data,
 * buyers stay signed in, and ended sessions stay ended.
 */
public final class SessionStore {
    private static final String COLLECTION = "sessions";

    private final MongoGateway mongo;

    /**
     * Represents a verified session.
     *
     * @param idHash hash of the session id; only the client has the id itself
     * @param userId the signed-in user
     * @param email of the account
     * @param role of the account when the session was verified
     * @param generation of the account when the session was verified
     * @param createdAt when it was verified
     * @param idleUntil when it expires unless it is used; updated at intervals, not with every use
     * @param expiresAt when it expires regardless of use
     */
    public record StoredSession(
            String idHash,
            String userId,
            String email,
            String role,
            long generation,
            Instant createdAt,
            Instant idleUntil,
            Instant expiresAt) {
        /** Omits the address, because the text may end up in a log. */
        @Override
        public String toString() {
            return "StoredSession[userId=" + userId + ", expiresAt=" + expiresAt + "]";
        }
    }

    /** Creates a store. */
    public SessionStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /**
     * Creates the indexes. One of them lets MongoDB remove expired sessions. The embedded server does not remove them;
     * its expired sessions are ignored when read.
     */
    public Future<Void> ensureIndexes() {
        IndexOptions expiry = new IndexOptions().name("expiry").expireAfter(0L, TimeUnit.SECONDS);
        JsonObject byExpiry = new JsonObject().put("expiresAt", 1);
        return mongo.call(client -> client.createIndexWithOptions(COLLECTION, byExpiry, expiry))
                .compose(done -> mongo.ensureIndex(COLLECTION, "of_a_user", new JsonObject().put("userId", 1)));
    }

    /** Inserts a session. */
    public Future<Void> insert(StoredSession session) {
        JsonObject document = new JsonObject()
                .put("_id", session.idHash())
                .put("userId", session.userId())
                .put("email", session.email())
                .put("role", session.role())
                .put("generation", session.generation())
                .put("createdAt", MongoGateway.date(session.createdAt()))
                .put("idleUntil", MongoGateway.date(session.idleUntil()))
                .put("expiresAt", MongoGateway.date(session.expiresAt()));
        return mongo.call(client -> client.insertWithOptions(COLLECTION, document, WriteOption.MAJORITY))
                .mapEmpty();
    }

    /** Finds the session with this hash, expired or not. */
    public Future<Optional<StoredSession>> find(String idHash) {
        return mongo.call(client -> client.findOne(COLLECTION, new JsonObject().put("_id", idHash), null))
                .map(document -> Optional.ofNullable(document).map(SessionStore::toSession));
    }

    /** Extends the idle timeout of a session. */
    public Future<Void> touch(String idHash, Instant idleUntil) {
        JsonObject update =
                new JsonObject().put("$set", new JsonObject().put("idleUntil", MongoGateway.date(idleUntil)));
        return mongo.call(client -> client.updateCollectionWithOptions(
                        COLLECTION, new JsonObject().put("_id", idHash), update, new UpdateOptions()))
                .mapEmpty();
    }

    /** Removes a session, which ends it. */
    public Future<Void> remove(String idHash) {
        return mongo.call(client -> client.removeDocumentsWithOptions(
                        COLLECTION, new JsonObject().put("_id", idHash), WriteOption.MAJORITY))
                .mapEmpty();
    }

    /** Returns the id hashes of a user's sessions. */
    public Future<List<String>> ofUser(String userId) {
        FindOptions onlyIds = new FindOptions().setFields(new JsonObject().put("_id", 1));
        return mongo.call(client -> client.findWithOptions(COLLECTION, new JsonObject().put("userId", userId), onlyIds))
                .map(found -> found.stream()
                        .map(document -> document.getString("_id"))
                        .toList());
    }

    private static StoredSession toSession(JsonObject document) {
        return new StoredSession(
                document.getString("_id"),
                document.getString("userId"),
                document.getString("email"),
                document.getString("role"),
                document.getLong("generation"),
                MongoGateway.instant(document, "createdAt"),
                MongoGateway.instant(document, "idleUntil"),
                MongoGateway.instant(document, "expiresAt"));
    }
}
