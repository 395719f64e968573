package io.flashsale.server;

import io.flashsale.catalog.SalePort;
import io.flashsale.domain.Product;
import io.flashsale.orders.OrderPersister;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.purchase.StockHolds;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;

/** Lets the catalogue configure running sales: implements its port with the scripts of the sale. */
final class SaleAdapter implements SalePort {
    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final StockHolds stockHolds;
    private final RecoveryClient recoveries;

    SaleAdapter(SaleScripts saleScripts, OrderPersister persister, StockHolds stockHolds, RecoveryClient recoveries) {
        this.saleScripts = saleScripts;
        this.persister = persister;
        this.stockHolds = stockHolds;
        this.recoveries = recoveries;
    }

    @Override
    public Future<Void> open(String productId) {
        return recoveries.recover(productId);
    }

    @Override
    public Future<Void> configure(Product product) {
        return saleScripts
                .configure(product)
                .compose(handedOver -> switch (handedOver) {
                    case CONFIGURED -> Future.succeededFuture(handedOver);
                    case ABSENT ->
                        product.deleted() ? Future.succeededFuture(handedOver) : recoveredAndConfigured(product, 0);
                    case UNCERTIFIED -> recoveredAndConfigured(product, 0);
                    case LIMIT_CHANGED -> recoveredAndConfigured(product, product.epoch());
                })
                .onSuccess(done -> persister.stockChanged(product.id()))
                .mapEmpty();
    }

    /**
     * Recovers the sale and configures it again: a recovery that was already running may have read the product before
     * it was edited.
     */
    private Future<SaleScripts.ConfigureResult> recoveredAndConfigured(Product product, long wrongEpoch) {
        return recoveries
                .recoverBeyond(product.id(), wrongEpoch)
                .compose(open -> saleScripts.configure(product))
                .compose(handedOver -> handedOver == SaleScripts.ConfigureResult.CONFIGURED
                        ? Future.succeededFuture(handedOver)
                        : Future.failedFuture(RedisUnavailableException.nothingSent("the sale is " + handedOver)));
    }

    @Override
    public Future<Boolean> hold(String productId, int units, String reference) {
        return stockHolds.hold(productId, units, reference);
    }

    @Override
    public Future<Void> giveBack(String productId, int units, String reference) {
        return stockHolds.release(productId, units, reference);
    }

    @Override
    public Future<Boolean> outboxIsEmpty(String productId) {
        return saleScripts.outboxSize(productId).map(size -> size == 0);
    }
}
