package io.flashsale.persistence.product;

import io.flashsale.domain.Product;
import io.flashsale.domain.StockHold;
import io.vertx.core.Future;
import java.util.List;

/** The stock holds that the edits of a product stand for, as MongoDB has them with the product. */
public interface StockHoldRecords {
    /** What edits that stand have taken off sale. */
    Future<List<StockHold>> stockHolds(String productId);

    /** Raises the version alone, so that every edit of the one before it loses; false where it does not stand any more. */
    Future<Boolean> raiseVersion(Product product);
}
