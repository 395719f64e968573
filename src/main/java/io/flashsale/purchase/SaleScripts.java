package io.flashsale.purchase;

import io.flashsale.domain.Order;
import io.flashsale.domain.Product;
import io.flashsale.domain.Requirements;
import io.flashsale.orders.DeadLetterService;
import io.flashsale.orders.OrderPersister;
import io.flashsale.orders.OrderService;
import io.flashsale.orders.OutboxAcknowledger;
import io.flashsale.orders.ReleaseReason;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.orders.UnitHolders;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.redis.Reply;
import io.flashsale.redis.Script;
import io.flashsale.redis.ServerIdentity;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The running sales in Redis: every step of theirs is one script.
 *
 * <p>Each script that changes a sale is told who the caller believes to talk to, and refuses where the data is not
 * certified by that server. Belongs to the event loop of its link.
 */
public final class SaleScripts
        implements UnitHolders,
                OrderPersister.Reservations,
                OutboxAcknowledger.Outbox,
                DeadLetterService.Reservations,
                OrderService.Outbox {
    /**
     * What bounds a sale.
     *
     * @param answerTtl how long a key stays bound to its answer; at least 24 h
     * @param outboxLimit orders of one product that may wait for MongoDB
     */
    public record Settings(Duration answerTtl, int outboxLimit) {
        /** Refuses what would break the contract. */
        public Settings {
            new Requirements()
                    .that(answerTtl.compareTo(Duration.ofHours(24)) >= 0, "answerTtl must be at least 24h")
                    .that(outboxLimit >= 1, "outboxLimit must be at least 1")
                    .check();
        }
    }

    /** The scripts; tests break one of them on purpose. */
    public record Scripts(
            Script purchase,
            Script settle,
            Script release,
            Script remember,
            Script adopt,
            Script freeUnit,
            Script configure) {
        /** The scripts of the jar. */
        public static Scripts load() {
            return new Scripts(
                    Script.load("purchase-7"),
                    Script.load("settle-3"),
                    Script.load("release-7"),
                    Script.load("remember-2"),
                    Script.load("adopt-6"),
                    Script.load("free-unit-4"),
                    Script.load("configure-2"));
        }
    }

    /** What came of handing newer settings to a running sale. */
    public enum HandOver {
        /** They stand, or newer ones do. */
        CONFIGURED,
        /** There is no sale: its recovery makes it, and a deleted product needs none. */
        ABSENT,
        /** The sale is closed, or another server's: its recovery reads them. */
        UNCERTIFIED,
        /** Its orders lack the slots that the new limit asks for. */
        LIMIT_CHANGED
    }

    private final RedisGateway redis;
    private final Scripts scripts;
    private final Settings settings;
    private final Clock clock;

    /** Makes a ledger on a link. */
    public SaleScripts(RedisGateway redis, Scripts scripts, Settings settings, Clock clock) {
        this.clock = clock;
        this.redis = redis;
        this.scripts = scripts;
        this.settings = settings;
    }

    /** Decides a purchase. */
    Future<ReservationResult> purchase(PurchaseCommand command) {
        return purchase(command, false);
    }

    /** Takes units off sale: no window, pause or limit concerns the house. */
    Future<ReservationResult> hold(PurchaseCommand command) {
        return purchase(command, true);
    }

    private Future<ReservationResult> purchase(PurchaseCommand command, boolean isStockHold) {
        List<String> keys = Keys.ofPurchase(
                command.userId(), command.productId(), command.key().hash());
        return decide(keys, command, isStockHold).compose(decision -> {
            if (decision.code() != ReservationResult.Code.UNCERTIFIED) {
                return Future.succeededFuture(decision);
            }
            // A promotion may have changed who answers on a connection that stayed open: look once more.
            return redis.identity()
                    .map(ServerIdentity::token)
                    .compose(before -> redis.readIdentity()
                            .compose(now -> now.token().equals(before)
                                    ? Future.succeededFuture(decision)
                                    : decide(keys, command, isStockHold)));
        });
    }

    private Future<ReservationResult> decide(List<String> keys, PurchaseCommand command, boolean isStockHold) {
        return certified(identity -> redis.run(
                        scripts.purchase(),
                        keys,
                        List.of(
                                identity,
                                command.orderId(),
                                command.userId(),
                                command.productId(),
                                String.valueOf(command.quantity()),
                                String.valueOf(settings.answerTtl().toSeconds()),
                                String.valueOf(settings.outboxLimit()),
                                isStockHold ? "1" : "0",
                                Keys.STOCK_CHANNEL,
                                command.key().hash())))
                .map(ReservationResult::of);
    }

    /**
     * Takes orders that MongoDB holds out of the outbox, and tells the world.
     *
     * @return in how many milliseconds the rest is to be told, by {@link #announce}; 0 for nothing left to tell
     */
    @Override
    public Future<Long> settle(String productId, List<Order> placed) {
        return settle(productId, placed, false);
    }

    /** Tells the world what is left of a product, or that it was told a moment ago; see {@link #settle}. */
    @Override
    public Future<Long> announce(String productId) {
        return settle(productId, List.of(), true);
    }

    /** Takes an order out of the outbox that MongoDB will not hold: nothing was bought, though its units stay taken. */
    @Override
    public Future<Void> removeFromOutbox(Order order) {
        return settle(order.productId(), List.of(order), ignored -> 0, false).mapEmpty();
    }

    private Future<Long> settle(String productId, List<Order> placed, boolean changed) {
        return settle(productId, placed, order -> order.isStockHold() ? 0 : order.quantity(), changed);
    }

    private Future<Long> settle(String productId, List<Order> placed, ToIntFunction<Order> bought, boolean changed) {
        List<String> arguments = new ArrayList<>(4 + 5 * placed.size());
        arguments.addAll(List.of(
                Keys.STOCK_CHANNEL,
                productId,
                clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
                changed ? "1" : "0"));
        for (Order order : placed) {
            arguments.add(order.id());
            arguments.add(ReservationCodec.joined(order.units()));
            arguments.add(String.valueOf(order.epoch()));
            arguments.add(String.valueOf(ReservationCodec.micros(order.reservedAt())));
            arguments.add(String.valueOf(bought.applyAsInt(order)));
        }
        return redis.run(
                        scripts.settle(),
                        List.of(Keys.orders(productId), Keys.sale(productId), Keys.stock(productId)),
                        arguments)
                .map(reply -> reply.at(1).asLong());
    }

    /**
     * Gives units and slots of an order back.
     *
     * @param order as it was reserved
     * @return how many units became free by this call; 0 also where the sale is being recovered, which reads the truth
     *     from MongoDB. It does not hold a dead letter, so a discarded one fails then
     */
    @Override
    public Future<Integer> release(Order order, ReleaseReason why, List<Integer> units, List<Integer> slots) {
        return certified(identity -> redis.run(
                        scripts.release(),
                        Keys.ofPurchase(order.userId(), order.productId(), order.keyHash()),
                        List.of(
                                identity,
                                order.id(),
                                why.name(),
                                ReservationCodec.joined(units),
                                ReservationCodec.joined(slots),
                                ReservationCodec.joined(order.units()),
                                String.valueOf(order.epoch()),
                                String.valueOf(ReservationCodec.micros(order.reservedAt())))))
                .compose(reply -> {
                    if (reply.at(0).asString().equals("RELEASED")) {
                        return Future.succeededFuture((int) reply.at(1).asLong());
                    }
                    return why == ReleaseReason.DISCARDED
                            ? Future.failedFuture(RedisUnavailableException.nothingSent("the sale is being recovered"))
                            : Future.succeededFuture(0);
                });
    }

    @Override
    public Future<Void> remember(Order order) {
        return certified(identity -> redis.run(
                        scripts.remember(),
                        List.of(
                                Keys.sale(order.productId()),
                                Keys.idempotency(order.userId(), order.productId(), order.keyHash())),
                        List.of(
                                identity,
                                String.valueOf(order.quantity()),
                                ReservationCodec.format(order),
                                String.valueOf(settings.answerTtl().toSeconds()))))
                .mapEmpty();
    }

    @Override
    public Future<Boolean> adopt(Order trueHolder, int unit, String believed) {
        return adopt(trueHolder, unit, believed, "", "");
    }

    @Override
    public Future<Boolean> adopt(Order trueHolder, int unit, String believed, String epoch, String pass) {
        String productId = trueHolder.productId();
        Instant answerUntil = trueHolder.reservedAt().plus(settings.answerTtl());
        return certified(identity -> redis.run(
                        scripts.adopt(),
                        List.of(
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId),
                                Keys.user(trueHolder.userId(), productId),
                                Keys.idempotency(trueHolder.userId(), productId, trueHolder.keyHash())),
                        List.of(
                                identity,
                                String.valueOf(unit),
                                believed,
                                trueHolder.id(),
                                epoch,
                                pass,
                                ReservationCodec.joined(trueHolder.slots()),
                                String.valueOf(trueHolder.reservedAt().toEpochMilli()),
                                String.valueOf(trueHolder.quantity()),
                                ReservationCodec.format(trueHolder),
                                String.valueOf(answerUntil.toEpochMilli()))))
                .map(reply -> reply.asLong() == 1);
    }

    @Override
    public Future<Boolean> freeUnit(String productId, int unit, String believed, String epoch, String pass) {
        return certified(identity -> redis.run(
                        scripts.freeUnit(),
                        List.of(
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId)),
                        List.of(identity, String.valueOf(unit), believed, epoch, pass)))
                .map(reply -> reply.asLong() == 1);
    }

    /**
     * Hands a version of the settings to the running sale.
     *
     * @return what came of it; anything but CONFIGURED takes a recovery of the sale, which reads them from MongoDB
     */
    public Future<HandOver> configure(Product product) {
        List<String> arguments = new ArrayList<>();
        return certified(identity -> {
                    arguments.add(identity);
                    arguments.addAll(settingsOf(product));
                    return redis.run(
                            scripts.configure(), List.of(Keys.sale(product.id()), Keys.stock(product.id())), arguments);
                })
                .map(reply -> HandOver.valueOf(reply.at(0).asString()));
    }

    /** Version, highest, limit, price, currency, opensAt, closesAt, paused, deleted, as the scripts take them. */
    public static List<String> settingsOf(Product product) {
        return List.of(
                String.valueOf(product.version()),
                String.valueOf(product.unitCount()),
                String.valueOf(product.details().perUserLimit()),
                String.valueOf(product.details().price()),
                product.details().currency(),
                millis(product.details().opensAt()),
                millis(product.details().closesAt()),
                product.details().paused() ? "1" : "0",
                product.deleted() ? "1" : "0");
    }

    @Override
    public Future<Optional<Order>> waiting(String productId, String orderId) {
        return redis.send("HGET", Keys.orders(productId), orderId)
                .map(reply -> Optional.ofNullable(reply.asString()).map(ReservationCodec::parse));
    }

    /** Orders of a product that wait for MongoDB. */
    public Future<Long> outboxSize(String productId) {
        return redis.send("HLEN", Keys.orders(productId)).map(Reply::asLong);
    }

    /** Every order of a product that waits for MongoDB, with the text by which it is known. */
    public Future<Map<String, Order>> outbox(String productId) {
        return redis.send("HVALS", Keys.orders(productId)).map(reply -> {
            Map<String, Order> orders = new HashMap<>();
            reply.asStrings().forEach(text -> orders.put(text, ReservationCodec.parse(text)));
            return orders;
        });
    }

    /** The link that this ledger writes on. */
    public RedisGateway redis() {
        return redis;
    }

    /** How long answers are kept. */
    public Duration answerTtl() {
        return settings.answerTtl();
    }

    private Future<Reply> certified(Function<String, Future<Reply>> script) {
        return redis.identity().compose(identity -> script.apply(identity.token()));
    }

    private static String millis(Instant time) {
        return time == null ? "" : String.valueOf(time.toEpochMilli());
    }
}
