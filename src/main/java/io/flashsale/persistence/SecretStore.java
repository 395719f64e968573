package io.flashsale.persistence;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A secret that all nodes share: whoever comes first invents it. Kept apart from Redis, so that the digests there are
 * worth nothing by themselves.
 */
public final class SecretStore {
    private static final String COLLECTION = "secrets";
    private static final int RANDOM_BYTES = 32;

    private final MongoGateway mongo;

    /** Makes a store. */
    public SecretStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /** The secret of that name, 256 bits, invented if it is not there yet. */
    public Future<byte[]> get(String name) {
        byte[] invented = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(invented);
        JsonObject update = new JsonObject()
                .put(
                        "$setOnInsert",
                        new JsonObject().put("value", Base64.getEncoder().encodeToString(invented)));
        UpdateOptions upsert = new UpdateOptions()
                .setUpsert(true)
                .setReturningNewDocument(true)
                .setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client -> client.findOneAndUpdateWithOptions(
                        COLLECTION, new JsonObject().put("_id", name), update, new FindOptions(), upsert))
                .recover(failure ->
                        // Two nodes came first at once: one of them was.
                        MongoGateway.isDuplicateKey(failure)
                                ? mongo.call(
                                        client -> client.findOne(COLLECTION, new JsonObject().put("_id", name), null))
                                : Future.failedFuture(failure))
                .map(document -> Base64.getDecoder().decode(document.getString("value")));
    }
}
