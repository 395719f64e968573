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

/**
 * Verified sessions in MongoDB, by the hash of their id. Redis is their cache: buyers stay signed in when it loses
 * everything, and a logout stays one.
 */
public final class SessionStore {
    private static final String COLLECTION = "sessions";

    private final MongoGateway mongo;

    /**
     * A verified session.
     *
     * @param idHash of the id; the id itself is nowhere but with the client
     * @param userId whose it is
     * @param email of the account
     * @param role of the account when the session was verified
     * @param generation of the account when the session was verified
     * @param createdAt when it was verified
     * @param idleUntil by when it has to be used again; written now and then, not with every use
     * @param expiresAt when it ends however busy it is
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
        /** Without the address: this may end up in a log. */
        @Override
        public String toString() {
            return "StoredSession[userId=" + userId + ", expiresAt=" + expiresAt + "]";
        }
    }

    /** Makes a store. */
    public SessionStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /** Lets MongoDB remove what has expired; the embedded server does not, there it is only ignored. */
    public Future<Void> ensureIndexes() {
        IndexOptions expiry = new IndexOptions().name("expiry").expireAfter(0L, java.util.concurrent.TimeUnit.SECONDS);
        JsonObject byExpiry = new JsonObject().put("expiresAt", 1);
        return mongo.call(client -> client.createIndexWithOptions(COLLECTION, byExpiry, expiry))
                .compose(done -> mongo.ensureIndex(COLLECTION, "of_a_user", new JsonObject().put("userId", 1)));
    }

    /** Keeps a session. */
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

    /** The session of that hash, expired or not. */
    public Future<Optional<StoredSession>> find(String idHash) {
        return mongo.call(client -> client.findOne(COLLECTION, new JsonObject().put("_id", idHash), null))
                .map(document -> Optional.ofNullable(document).map(SessionStore::toSession));
    }

    /** Puts off the end of an idle session. */
    public Future<Void> touch(String idHash, Instant idleUntil) {
        JsonObject update =
                new JsonObject().put("$set", new JsonObject().put("idleUntil", MongoGateway.date(idleUntil)));
        return mongo.call(client -> client.updateCollectionWithOptions(
                        COLLECTION, new JsonObject().put("_id", idHash), update, new UpdateOptions()))
                .mapEmpty();
    }

    /** Ends a session. */
    public Future<Void> remove(String idHash) {
        return mongo.call(client -> client.removeDocumentsWithOptions(
                        COLLECTION, new JsonObject().put("_id", idHash), WriteOption.MAJORITY))
                .mapEmpty();
    }

    /** The hashes of a user's sessions. */
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
