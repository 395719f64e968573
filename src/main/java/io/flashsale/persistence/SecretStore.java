package io.flashsale.persistence;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Stores secrets that all nodes share; the first node generates them. They are kept out of Redis, so that the digests
 * in Redis are useless on their own.
 */
public final class SecretStore {
    private static final String COLLECTION = "secrets";
    private static final int RANDOM_BYTES = 32;

    private final MongoGateway mongo;

    /** Creates a store. */
    public SecretStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /** Returns the secret with this name, 256 bits long. Generates it if it does not exist yet. */
    public Future<byte[]> get(String name) {
        byte[] generated = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(generated);
        JsonObject update = new JsonObject()
                .put(
                        "$setOnInsert",
                        new JsonObject().put("value", Base64.getEncoder().encodeToString(generated)));
        UpdateOptions upsert = new UpdateOptions()
                .setUpsert(true)
                .setReturningNewDocument(true)
                .setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client -> client.findOneAndUpdateWithOptions(
                        COLLECTION, new JsonObject().put("_id", name), update, new FindOptions(), upsert))
                .recover(failure ->
                        // Two nodes inserted it at the same time: read the one that won.
                        MongoGateway.isDuplicateKey(failure)
                                ? mongo.call(
                                        client -> client.findOne(COLLECTION, new JsonObject().put("_id", name), null))
                                : Future.failedFuture(failure))
                .map(document -> Base64.getDecoder().decode(document.getString("value")));
    }
}
