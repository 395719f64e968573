package io.flashsale.persistence.order;

import static io.flashsale.persistence.order.OrderDocuments.BUYER_KEYS;
import static io.flashsale.persistence.order.OrderDocuments.COLLECTION;
import static io.flashsale.persistence.order.OrderDocuments.UNIT_KEYS;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.persistence.MongoGateway;
import io.flashsale.persistence.order.PersistResult.Kind;
import io.vertx.core.Future;
import io.vertx.ext.mongo.BulkOperation;
import io.vertx.ext.mongo.BulkWriteOptions;
import io.vertx.ext.mongo.WriteOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch of orders in one unordered bulk insert with majority write concern, and classifies the result of each
 * by the unique indexes.
 */
public final class OrderWriter implements OrderBatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger(OrderWriter.class);
    private static final BulkWriteOptions UNORDERED_MAJORITY =
            new BulkWriteOptions().setOrdered(false).setWriteOption(WriteOption.MAJORITY);

    private final MongoGateway mongo;
    private final OrderStore store;
    private final Clock clock;

    /** Creates a writer. */
    public OrderWriter(MongoGateway mongo, OrderStore store, Clock clock) {
        this.mongo = mongo;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Writes these orders.
     *
     * @return one result per order, in the same sequence; never fails
     */
    @Override
    public Future<List<PersistResult>> place(List<Order> reserved) {
        List<Order> orders = reserved.stream()
                .map(order -> order.withStatus(OrderStatus.PLACED, clock.instant()))
                .toList();
        List<BulkOperation> inserts = orders.stream()
                .map(OrderDocuments::toDocument)
                .map(BulkOperation::createInsert)
                .toList();
        return mongo.call(client -> client.bulkWriteWithOptions(COLLECTION, inserts, UNORDERED_MAJORITY))
                .map(result -> orders.stream()
                        .map(order -> PersistResult.of(Kind.PLACED, order))
                        .toList())
                .recover(failure -> classifyErrors(orders, failure));
    }

    private Future<List<PersistResult>> classifyErrors(List<Order> orders, Throwable failure) {
        if (!(failure instanceof MongoBulkWriteException partial)) {
            return Future.succeededFuture(Collections.nCopies(orders.size(), PersistResult.unknown()));
        }
        // After an error the counts of the result are unreliable; the indexes of the errors are reliable.
        boolean concernMet = partial.getWriteConcernError() == null;
        List<Future<PersistResult>> replies = new ArrayList<>();
        for (Order order : orders) {
            replies.add(Future.succeededFuture(
                    concernMet ? PersistResult.of(Kind.PLACED, order) : PersistResult.unknown()));
        }
        for (BulkWriteError error : partial.getWriteErrors()) {
            Order order = orders.get(error.getIndex());
            replies.set(
                    error.getIndex(),
                    error.getCode() == MongoGateway.DUPLICATE_KEY ? readBack(order) : refused(order, error));
        }
        return Future.all(replies).map(all -> all.<PersistResult>list());
    }

    private static Future<PersistResult> refused(Order order, BulkWriteError error) {
        LOG.atWarn()
                .addKeyValue("orderId", order.id())
                .addKeyValue("code", error.getCode())
                .log("order rejected by MongoDB");
        return Future.succeededFuture(PersistResult.refused("error " + error.getCode() + ": " + error.getMessage()));
    }

    /**
     * Determines the meaning of a duplicate key from the documents, not from the message: servers differ in which index
     * they name first.
     */
    private Future<PersistResult> readBack(Order order) {
        return store.find(order.id())
                .compose(found -> found.isPresent() ? compareWithStored(order, found.get()) : findSlotHolder(order))
                .otherwise(failure -> PersistResult.unknown());
    }

    private Future<PersistResult> compareWithStored(Order order, Order found) {
        if (found.status() == OrderStatus.FAILED) {
            return store.replaceFailed(order)
                    .map(replaced -> replaced ? PersistResult.of(Kind.PLACED, order) : PersistResult.unknown())
                    .recover(failure -> MongoGateway.isDuplicateKey(failure)
                            ? findSlotHolder(order)
                            : Future.failedFuture(failure));
        }
        Kind kind = found.answersTheSameRequestAs(order) ? Kind.ALREADY_PLACED : Kind.KEY_REUSED;
        return Future.succeededFuture(PersistResult.of(kind, found));
    }

    private Future<PersistResult> findSlotHolder(Order order) {
        List<Future<Optional<Order>>> slots = order.buyerKeys().stream()
                .map(key -> store.holderOf(BUYER_KEYS, key))
                .toList();
        return Future.all(slots).compose(done -> {
            for (Future<Optional<Order>> slot : slots) {
                if (slot.result().isPresent()) {
                    return Future.succeededFuture(
                            PersistResult.of(Kind.BUYER_HOLDS, slot.result().get()));
                }
            }
            return findUnitHolders(order);
        });
    }

    private Future<PersistResult> findUnitHolders(Order order) {
        List<Future<Optional<Order>>> units = order.unitKeys().stream()
                .map(key -> store.holderOf(UNIT_KEYS, key))
                .toList();
        return Future.all(units).map(done -> {
            Map<Integer, Order> holders = new HashMap<>();
            for (int i = 0; i < units.size(); i++) {
                if (units.get(i).result().isPresent()) {
                    holders.put(order.units().get(i), units.get(i).result().get());
                }
            }
            // The conflicting order may have been cancelled meanwhile. If the rejection repeats, the cause is another
            // unique index.
            return holders.isEmpty()
                    ? PersistResult.refused("error 11000: duplicate key in a unique index, but no order holds it")
                    : PersistResult.unitsTaken(holders);
        });
    }
}
