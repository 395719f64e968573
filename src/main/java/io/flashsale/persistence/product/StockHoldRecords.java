package io.flashsale.persistence.product;

import io.flashsale.domain.Product;
import io.flashsale.domain.StockHold;
import io.vertx.core.Future;
import java.util.List;

/** Reads the stock holds that committed edits recorded with their product in MongoDB. */
public interface StockHoldRecords {
    /** Returns the stock holds of the product's committed edits. */
    Future<List<StockHold>> stockHolds(String productId);

    /** Raises only the version, so that every edit in flight against this version fails; false if it is outdated. */
    Future<Boolean> raiseVersion(Product product);
}
