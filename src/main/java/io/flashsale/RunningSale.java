package io.flashsale;

import io.flashsale.catalog.SaleControl;
import io.flashsale.purchase.HouseOrders;
import io.flashsale.purchase.Ledger;
import io.flashsale.purchase.Placement;
import io.flashsale.purchase.RecoveryClient;
import io.flashsale.sale.Product;
import io.vertx.core.Future;

/** The running sale as the catalogue sees it. */
final class RunningSale implements SaleControl {
    private final Ledger ledger;
    private final Placement placement;
    private final HouseOrders house;
    private final RecoveryClient recoveries;

    RunningSale(Ledger ledger, Placement placement, HouseOrders house, RecoveryClient recoveries) {
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
        return ledger.configure(product).compose(handedOver -> switch (handedOver) {
            case CONFIGURED -> {
                placement.stockChanged(product.id());
                yield Future.succeededFuture();
            }
            // Nothing is sold, or nothing under the old limit, until somebody has recovered it from the newest
            // settings.
            case UNCERTIFIED -> recoveries.recover(product.id()).otherwiseEmpty();
            case LIMIT_CHANGED ->
                recoveries.recoverBeyond(product.id(), product.epoch()).otherwiseEmpty();
        });
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
