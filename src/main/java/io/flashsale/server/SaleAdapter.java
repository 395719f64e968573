package io.flashsale.server;

import io.flashsale.catalog.SalePort;
import io.flashsale.domain.Product;
import io.flashsale.orders.OrderPersister;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.purchase.SaleScripts;
import io.flashsale.purchase.StockHolds;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;

/** The running sale as the catalogue sees it. */
final class SaleAdapter implements SalePort {
    private final SaleScripts ledger;
    private final OrderPersister placement;
    private final StockHolds house;
    private final RecoveryClient recoveries;

    SaleAdapter(SaleScripts ledger, OrderPersister placement, StockHolds house, RecoveryClient recoveries) {
        this.ledger = ledger;
        this.placement = placement;
        this.house = house;
        this.recoveries = recoveries;
    }

    @Override
    public Future<Void> open(String productId) {
        return recoveries.recover(productId);
    }

    @Override
    public Future<Void> configure(Product product) {
        return ledger.configure(product)
                .compose(handedOver -> switch (handedOver) {
                    case CONFIGURED -> Future.succeededFuture(handedOver);
                    case ABSENT ->
                        product.deleted() ? Future.succeededFuture(handedOver) : recoveredAndConfigured(product, 0);
                    case UNCERTIFIED -> recoveredAndConfigured(product, 0);
                    case LIMIT_CHANGED -> recoveredAndConfigured(product, product.epoch());
                })
                .onSuccess(done -> placement.stockChanged(product.id()))
                .mapEmpty();
    }

    /** A recovery that had begun may have read the product before it was edited: so the sale is asked again. */
    private Future<SaleScripts.HandOver> recoveredAndConfigured(Product product, long wrongEpoch) {
        return recoveries
                .recoverBeyond(product.id(), wrongEpoch)
                .compose(open -> ledger.configure(product))
                .compose(handedOver -> handedOver == SaleScripts.HandOver.CONFIGURED
                        ? Future.succeededFuture(handedOver)
                        : Future.failedFuture(RedisUnavailableException.nothingSent("the sale is " + handedOver)));
    }

    @Override
    public Future<Boolean> withdraw(String productId, int units, String reference) {
        return house.withdraw(productId, units, reference);
    }

    @Override
    public Future<Void> giveBack(String productId, int units, String reference) {
        return house.giveBack(productId, units, reference);
    }

    @Override
    public Future<Boolean> outboxIsEmpty(String productId) {
        return ledger.outboxSize(productId).map(size -> size == 0);
    }
}
