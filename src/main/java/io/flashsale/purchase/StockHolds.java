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
 * Takes units off sale by hold orders. Each unit off sale thus has a holder like a sold one, and the number of units
 * stays consistent after a crash at any point.
 *
 * <p>Belongs to the event loop of its {@link SaleScripts}.
 */
public final class StockHolds {
    /** Limits the work of one script call and the size of one document. */
    static final int MAX_UNITS_PER_ORDER = 500;

    private final SaleScripts saleScripts;
    private final OrderPersister persister;
    private final OrderStore store;

    /** Creates the stock holds over both stores. */
    public StockHolds(SaleScripts saleScripts, OrderPersister persister, OrderStore store) {
        this.saleScripts = saleScripts;
        this.persister = persister;
        this.store = store;
    }

    /**
     * Takes units off sale, all or none.
     *
     * @param reference identifies the hold; a repetition with the same reference has no effect
     * @return false if fewer units are free; fails if a store does not reply. No units are lost then: the reconciler
     *     puts orphaned holds on sale again
     */
    public Future<Boolean> hold(String productId, int units, String reference) {
        return holdNext(commands(productId, units, reference), 0)
                .compose(enough -> enough
                        ? Future.succeededFuture(true)
                        : release(productId, units, reference).map(false));
    }

    /** Puts the units of an earlier hold on sale again. */
    public Future<Void> release(String productId, int units, String reference) {
        Future<Void> done = Future.succeededFuture();
        for (PurchaseCommand command : commands(productId, units, reference)) {
            done = done.compose(before -> undo(command.orderId()));
        }
        return done;
    }

    /** Returns the ids of the orders that make up a stock hold. */
    public static List<String> orderIds(String productId, StockHold stockHold) {
        return commands(productId, stockHold.units(), stockHold.reference()).stream()
                .map(PurchaseCommand::orderId)
                .toList();
    }

    /** Puts the units of one hold order on sale again; may be repeated. */
    public Future<Void> undo(String orderId) {
        return store.cancel(orderId).compose(found -> {
            if (found.isPresent() && found.get().status() == OrderStatus.CANCELLED) {
                return persister.giveBack(found.get());
            }
            return Future.succeededFuture();
        });
    }

    private Future<Boolean> holdNext(List<PurchaseCommand> commands, int index) {
        if (index == commands.size()) {
            return Future.succeededFuture(true);
        }
        return holdOne(commands.get(index))
                .compose(held -> held ? holdNext(commands, index + 1) : Future.succeededFuture(false));
    }

    private Future<Boolean> holdOne(PurchaseCommand command) {
        return saleScripts.hold(command).compose(result -> {
            if (result instanceof ReservationResult.Reserved reserved) {
                return persist(reserved.order());
            }
            if (result instanceof ReservationResult.Replayed replayed) {
                return persist(replayed.order());
            }
            return switch (result.code()) {
                case SOLD_OUT, INSUFFICIENT, GONE -> Future.succeededFuture(false);
                default -> Future.failedFuture(RedisUnavailableException.nothingSent("the sale is " + result.code()));
            };
        });
    }

    private Future<Boolean> persist(Order order) {
        return persister
                .persist(order, false)
                .compose(outcome -> outcome instanceof PurchaseOutcome.Placed
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(new StoreUnavailableException("the stock hold is not persisted yet")));
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
