package io.flashsale.purchase;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.PurchaseOutcome;
import io.flashsale.domain.StockHold;
import io.flashsale.orders.OrderPersister;
import io.flashsale.persistence.StoreUnavailableException;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.redis.RedisUnavailableException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes units off sale by orders of the house, so that a unit that is not for sale has a holder like any other and the
 * sum stays right whatever dies in between.
 *
 * <p>Belongs to the event loop of its ledger.
 */
public final class StockHolds {
    /** Bounds one step of the script and one document. */
    static final int MAX_UNITS_PER_ORDER = 500;

    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final OrderStore store;

    /** Wires the house to both stores. */
    public StockHolds(SaleScripts saleScripts, OrderPersister persister, OrderStore store) {
        this.saleScripts = saleScripts;
        this.persister = persister;
        this.store = store;
    }

    /**
     * Takes units off sale, all or none.
     *
     * @param reference names the intent; the same one is done once
     * @return false where fewer are free; fails where a store does not answer, and then nothing is lost: the reconciler
     *     puts on sale again what no edit stands for
     */
    public Future<Boolean> hold(String productId, int units, String reference) {
        return next(commands(productId, units, reference), 0)
                .compose(enough -> enough
                        ? Future.succeededFuture(true)
                        : giveBack(productId, units, reference).map(false));
    }

    /** Puts the units of an earlier withdrawal on sale again. */
    public Future<Void> giveBack(String productId, int units, String reference) {
        Future<Void> done = Future.succeededFuture();
        for (PurchaseCommand command : commands(productId, units, reference)) {
            done = done.compose(before -> undo(command.orderId()));
        }
        return done;
    }

    /** The orders of an edit that took units off sale. */
    public static List<String> orderIds(String productId, StockHold stockHold) {
        return commands(productId, stockHold.units(), stockHold.reference()).stream()
                .map(PurchaseCommand::orderId)
                .toList();
    }

    /** Puts the units of one such order on sale again; may be repeated. */
    public Future<Void> undo(String orderId) {
        return store.cancel(orderId).compose(found -> {
            if (found.isPresent() && found.get().status() == OrderStatus.CANCELLED) {
                return persister.giveBack(found.get());
            }
            return Future.succeededFuture();
        });
    }

    private Future<Boolean> next(List<PurchaseCommand> commands, int index) {
        if (index == commands.size()) {
            return Future.succeededFuture(true);
        }
        return take(commands.get(index))
                .compose(taken -> taken ? next(commands, index + 1) : Future.succeededFuture(false));
    }

    private Future<Boolean> take(PurchaseCommand command) {
        return saleScripts.hold(command).compose(decision -> switch (decision.code()) {
            case RESERVED, REPLAYED ->
                persister
                        .persist(decision.order(), false)
                        .compose(outcome -> outcome.kind() == PurchaseOutcome.Kind.PLACED
                                ? Future.succeededFuture(true)
                                : Future.failedFuture(new StoreUnavailableException("units are not withdrawn yet")));
            case SOLD_OUT, INSUFFICIENT, GONE -> Future.succeededFuture(false);
            default -> Future.failedFuture(RedisUnavailableException.nothingSent("the sale is " + decision.code()));
        });
    }

    private static List<PurchaseCommand> commands(String productId, int units, String reference) {
        List<PurchaseCommand> commands = new ArrayList<>();
        for (int done = 0; done < units; done += MAX_UNITS_PER_ORDER) {
            IdempotencyKey key = new IdempotencyKey(reference + "#" + commands.size());
            int quantity = Math.min(MAX_UNITS_PER_ORDER, units - done);
            commands.add(new PurchaseCommand(Order.STOCK_HOLD_USER, productId, key, quantity));
        }
        return commands;
    }
}
