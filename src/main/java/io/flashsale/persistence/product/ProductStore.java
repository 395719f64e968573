package io.flashsale.persistence.product;

import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.domain.StockHold;
import io.flashsale.persistence.KeysetPagination;
import io.flashsale.persistence.MongoGateway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.mongo.FindOptions;
import io.vertx.ext.mongo.UpdateOptions;
import io.vertx.ext.mongo.WriteOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores products in MongoDB. An edit is a compare-and-set on the version; only a recovery changes the epoch. */
public final class ProductStore implements StockHoldRecords {
    private static final String COLLECTION = "products";
    private static final String STOCK_HOLDS = "withdrawals";

    private static final ProductFields FIELDS = new ProductFields(MongoGateway::date, MongoGateway::instant);

    private final MongoGateway mongo;

    /** Creates a store. */
    public ProductStore(MongoGateway mongo) {
        this.mongo = mongo;
    }

    /** Creates the index that makes lists fast. */
    public Future<Void> ensureIndexes() {
        return mongo.ensureIndex(
                COLLECTION,
                "newest_first",
                new JsonObject().put("createdAt", -1).put("_id", -1));
    }

    /** Inserts a product. */
    public Future<Void> insert(Product product) {
        JsonObject document = FIELDS.write(product)
                .put("_id", product.id())
                .put("epoch", product.epoch())
                .put(STOCK_HOLDS, new JsonArray());
        return mongo.call(client -> client.insertWithOptions(COLLECTION, document, WriteOption.MAJORITY))
                .mapEmpty();
    }

    /** Finds the product with this id. For a deleted product this is its tombstone. */
    public Future<Optional<Product>> find(String productId) {
        return mongo.call(client -> client.findOne(COLLECTION, new JsonObject().put("_id", productId), null))
                .map(document -> Optional.ofNullable(document).map(ProductStore::toProduct));
    }

    /** Lists the products that are not deleted, newest first. */
    public Future<Page<Product>> list(String cursor, int limit) {
        JsonObject query = new JsonObject().put("deleted", false);
        return KeysetPagination.page(mongo, COLLECTION, query, "createdAt", cursor, limit, ProductStore::toProduct);
    }

    /** Returns every product, including tombstones. */
    public Future<List<Product>> all() {
        return mongo.call(client -> client.find(COLLECTION, new JsonObject()))
                .map(found -> found.stream().map(ProductStore::toProduct).toList());
    }

    /**
     * Writes the next version of a product.
     *
     * @return false if the stored version is not the one before it
     */
    public Future<Boolean> replace(Product next) {
        return update(next.id(), next.version() - 1, new JsonObject().put("$set", FIELDS.write(next)));
    }

    /**
     * Does the same and records the stock hold of this edit in the same write. If this returns false, nothing is
     * recorded.
     */
    public Future<Boolean> replace(Product next, StockHold stockHold) {
        JsonObject document =
                new JsonObject().put("reference", stockHold.reference()).put("units", stockHold.units());
        return update(
                next.id(),
                next.version() - 1,
                new JsonObject()
                        .put("$set", FIELDS.write(next))
                        .put("$push", new JsonObject().put(STOCK_HOLDS, document)));
    }

    @Override
    public Future<Boolean> raiseVersion(Product product) {
        return update(
                product.id(),
                product.version(),
                new JsonObject().put("$set", new JsonObject().put("version", product.version() + 1)));
    }

    private Future<Boolean> update(String productId, long version, JsonObject update) {
        JsonObject query = new JsonObject().put("_id", productId).put("version", version);
        UpdateOptions options = new UpdateOptions().setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, options))
                .map(result -> result.getDocMatched() == 1);
    }

    @Override
    public Future<List<StockHold>> stockHolds(String productId) {
        JsonObject query = new JsonObject().put("_id", productId);
        JsonObject fields = new JsonObject().put(STOCK_HOLDS, 1);
        return mongo.call(client -> client.findOne(COLLECTION, query, fields)).map(document -> {
            List<StockHold> stockHolds = new ArrayList<>();
            if (document != null) {
                document.getJsonArray(STOCK_HOLDS).forEach(each -> {
                    JsonObject stockHold = (JsonObject) each;
                    stockHolds.add(new StockHold(stockHold.getString("reference"), stockHold.getInteger("units")));
                });
            }
            return stockHolds;
        });
    }

    /** Raises the epoch of a product's sale. From then on, records of older epochs in Redis count as absent. */
    public Future<Optional<Product>> raiseEpoch(String productId) {
        JsonObject query = new JsonObject().put("_id", productId);
        JsonObject update = new JsonObject().put("$inc", new JsonObject().put("epoch", 1));
        UpdateOptions options =
                new UpdateOptions().setReturningNewDocument(true).setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client ->
                        client.findOneAndUpdateWithOptions(COLLECTION, query, update, new FindOptions(), options))
                .map(document -> Optional.ofNullable(document).map(ProductStore::toProduct));
    }

    /** Returns the epochs of these products' sales. Unknown products are left out. */
    public Future<Map<String, Long>> epochs(Set<String> productIds) {
        JsonObject query =
                new JsonObject().put("_id", new JsonObject().put("$in", new JsonArray(List.copyOf(productIds))));
        FindOptions options = new FindOptions().setFields(new JsonObject().put("epoch", 1));
        return mongo.call(client -> client.findWithOptions(COLLECTION, query, options))
                .map(found -> {
                    Map<String, Long> epochs = new HashMap<>();
                    found.forEach(document -> epochs.put(document.getString("_id"), document.getLong("epoch")));
                    return epochs;
                });
    }

    /**
     * Raises the epoch to at least this value: Redis may hold a higher one if MongoDB was restored from an older
     * backup.
     */
    public Future<Void> raiseEpochTo(String productId, long epoch) {
        JsonObject query = new JsonObject().put("_id", productId).put("epoch", new JsonObject().put("$lt", epoch));
        JsonObject update = new JsonObject().put("$set", new JsonObject().put("epoch", epoch));
        UpdateOptions options = new UpdateOptions().setWriteOption(WriteOption.MAJORITY);
        return mongo.call(client -> client.updateCollectionWithOptions(COLLECTION, query, update, options))
                .mapEmpty();
    }

    private static Product toProduct(JsonObject document) {
        return FIELDS.read(document.getString("_id"), document);
    }
}
