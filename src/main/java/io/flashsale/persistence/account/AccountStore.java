package io.flashsale.persistence.account;

import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.util.Optional;

/** Stores accounts in MongoDB, keyed by canonical e-mail address. */
public final class AccountStore {
    private static final String COLLECTION = "accounts";

    private final MongoGateway mongo;

    /** Creates a store. */
    public AccountStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /** Creates the index that keeps user ids unique. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureUniqueIndex(COLLECTION, "user_id", new JsonObject().put("userId", 1), false);
    }

    /** Finds the account with this address. */
    public Future<Optional<Account>> findByEmail(String email) {
        return findOne(new JsonObject().put("_id", email));
    }

    /** Finds the account of this user. */
    public Future<Optional<Account>> findByUserId(String userId) {
        return findOne(new JsonObject().put("userId", userId));
    }

    /**
     * Registers an account. It replaces one that was never verified, so that nobody can block another person's address.
     *
     * @return false if the address belongs to a verified account
     */
    public Future<Boolean> register(Account account) {
        JsonObject document = fields(account).put("_id", account.email());
        return mongo.call(client -> client.insertWithOptions(COLLECTION, document, WriteOption.MAJORITY))
                .map(id -> true)
                .recover(failure -> MongoGateway.isDuplicateKey(failure)
                        ? replaceUnverified(account)
                        : Future.failedFuture(failure));
    }

    private Future<Boolean> replaceUnverified(Account account) {
        JsonObject query = new JsonObject().put("_id", account.email()).put("verified", false);
        return update(query, new JsonObject().put("$set", fields(account)));
    }

    /** Records that a code sent to the address was entered; false if another registration has replaced the account. */
    public Future<Boolean> markVerified(String userId) {
        JsonObject update = new JsonObject().put("$set", new JsonObject().put("verified", true));
        return update(new JsonObject().put("userId", userId), update);
    }

    /** Sets a new password and raises the generation, which ends all sessions; false if the user no longer exists. */
    public Future<Boolean> setPassword(String userId, String passwordHash) {
        JsonObject update = new JsonObject()
                .put("$set", new JsonObject().put("passwordHash", passwordHash).put("verified", true))
                .put("$inc", new JsonObject().put("generation", 1));
        return update(new JsonObject().put("userId", userId), update);
    }

    /** Raises the generation, which ends all sessions, including those whose verification is in progress. */
    public Future<Boolean> raiseGeneration(String userId) {
        JsonObject update = new JsonObject().put("$inc", new JsonObject().put("generation", 1));
        return update(new JsonObject().put("userId", userId), update);
    }

    private Future<Boolean> update(JsonObject query, JsonObject update) {
        UpdateOptions options = new UpdateOptions().setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, options))
                .map(result -> result.getDocMatched() == 1);
    }

    private Future<Optional<Account>> findOne(JsonObject query) {
        return mongo.call(client -> client.findOne(COLLECTION, query, null))
                .map(document -> Optional.ofNullable(document).map(AccountStore::toAccount));
    }

    private static JsonObject fields(Account account) {
        return new JsonObject()
                .put("userId", account.userId())
                .put("passwordHash", account.passwordHash())
                .put("name", account.name())
                .put("role", account.role())
                .put("verified", account.verified())
                .put("generation", account.generation())
                .put("createdAt", MongoGateway.date(account.createdAt()));
    }

    private static Account toAccount(JsonObject document) {
        return new Account(
                document.getString("_id"),
                document.getString("userId"),
                document.getString("passwordHash"),
                document.getString("name"),
                document.getString("role"),
                document.getBoolean("verified"),
                document.getLong("generation"),
                MongoGateway.instant(document, "createdAt"));
    }
}
