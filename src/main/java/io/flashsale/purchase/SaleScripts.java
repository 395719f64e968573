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
 * Runs the scripts of the sales in Redis. Each step of a sale is one script.
 *
 * <p>Each script that changes a sale takes the server identity that the caller has read on its connection, and rejects
 * the call if the data is not certified by that server. Belongs to the event loop of its {@link RedisGateway}.
 */
public final class SaleScripts
        implements UnitHolders,
                OrderPersister.Reservations,
                OutboxAcknowledger.Outbox,
                DeadLetterService.Reservations,
                OrderService.Outbox {
    /**
     * Configures the limits of a sale.
     *
     * @param answerTtl how long an idempotency key stays bound to its answer; at least 24 h
     * @param outboxLimit maximum number of orders in the outbox of one product
     */
    public record Settings(Duration answerTtl, int outboxLimit) {
        /** Rejects values that would break the API contract. */
        public Settings {
            new Requirements()
                    .that(answerTtl.compareTo(Duration.ofHours(24)) >= 0, "answerTtl must be at least 24h")
                    .that(outboxLimit >= 1, "outboxLimit must be at least 1")
                    .check();
        }
    }

    /** Holds the scripts. Tests replace one of them with a broken one. */
    public record Scripts(
            Script purchase,
            Script settle,
            Script release,
            Script remember,
            Script adopt,
            Script freeUnit,
            Script configure) {
        /** Loads the scripts from the jar. */
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

    /** Lists the results of {@link #configure}. */
    public enum ConfigureResult {
        /** The sale has these settings or newer ones. */
        CONFIGURED,
        /** The sale does not exist. A recovery creates it; a deleted product needs none. */
        ABSENT,
        /** The sale is being recovered or is not certified by this server. A recovery reads the settings. */
        UNCERTIFIED,
        /** The orders lack the slots that the new limit requires. */
        LIMIT_CHANGED
    }

    private final RedisGateway redis;
    private final Scripts scripts;
    private final Settings settings;
    private final Clock clock;

    /** Creates the scripts on a connection. */
    public SaleScripts(RedisGateway redis, Scripts scripts, Settings settings, Clock clock) {
        this.clock = clock;
        this.redis = redis;
        this.scripts = scripts;
        this.settings = settings;
    }

    /** Reserves units for a purchase. */
    Future<ReservationResult> purchase(PurchaseCommand command) {
        return purchase(command, false);
    }

    /** Takes units off sale. Opening times, pauses and limits do not apply. */
    Future<ReservationResult> hold(PurchaseCommand command) {
        return purchase(command, true);
    }

    private Future<ReservationResult> purchase(PurchaseCommand command, boolean isStockHold) {
        List<String> keys = Keys.ofPurchase(
                command.userId(), command.productId(), command.key().hash());
        return reserve(keys, command, isStockHold).compose(result -> {
            if (result != ReservationResult.Rejected.UNCERTIFIED) {
                return Future.succeededFuture(result);
            }
            // A promotion may have changed the server identity on an open connection: read it again.
            return redis.identity()
                    .map(ServerIdentity::token)
                    .compose(before -> redis.readIdentity()
                            .compose(now -> now.token().equals(before)
                                    ? Future.succeededFuture(result)
                                    : reserve(keys, command, isStockHold)));
        });
    }

    private Future<ReservationResult> reserve(List<String> keys, PurchaseCommand command, boolean isStockHold) {
        return withIdentity(identity -> redis.run(
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
                .map(ReservationResult::decode);
    }

    /**
     * Removes persisted orders of one product from the outbox and announces the remaining stock.
     *
     * @return the delay in milliseconds until a throttled announcement is due by {@link #announce}; 0 if none is
     *     pending
     */
    @Override
    public Future<Long> settle(String productId, List<Order> placed) {
        return settle(productId, placed, false);
    }

    /** Announces the remaining stock of a product unless throttled. Returns the same as {@link #settle}. */
    @Override
    public Future<Long> announce(String productId) {
        return settle(productId, List.of(), true);
    }

    /**
     * Removes an order from the outbox that will not be persisted. It is not announced as a purchase; its units stay
     * held.
     */
    @Override
    public Future<Void> removeFromOutbox(Order order) {
        return settle(order.productId(), List.of(order), ignored -> 0, false).mapEmpty();
    }

    private Future<Long> settle(String productId, List<Order> placed, boolean changed) {
        return settle(productId, placed, order -> order.isStockHold() ? 0 : order.quantity(), changed);
    }

    private Future<Long> settle(String productId, List<Order> placed, ToIntFunction<Order> soldUnits, boolean changed) {
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
            arguments.add(String.valueOf(soldUnits.applyAsInt(order)));
        }
        return redis.run(
                        scripts.settle(),
                        List.of(Keys.orders(productId), Keys.sale(productId), Keys.stock(productId)),
                        arguments)
                .map(reply -> reply.at(1).asLong());
    }

    /**
     * Releases units and slots of an order.
     *
     * @param order the order as reserved
     * @return the number of units that this call has released. It is 0 during a recovery of the sale, which reads the
     *     orders from MongoDB. Dead letters are not among those orders, so the release of a discarded one fails then
     */
    @Override
    public Future<Integer> release(Order order, ReleaseReason why, List<Integer> units, List<Integer> slots) {
        return withIdentity(identity -> redis.run(
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
        return withIdentity(identity -> redis.run(
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
    public Future<Boolean> adopt(Order trueHolder, int unit, String expectedHolder) {
        return adopt(trueHolder, unit, expectedHolder, "", "");
    }

    @Override
    public Future<Boolean> adopt(Order trueHolder, int unit, String expectedHolder, String epoch, String pass) {
        String productId = trueHolder.productId();
        Instant answerUntil = trueHolder.reservedAt().plus(settings.answerTtl());
        return withIdentity(identity -> redis.run(
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
                                expectedHolder,
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
    public Future<Boolean> freeUnit(String productId, int unit, String expectedHolder, String epoch, String pass) {
        return withIdentity(identity -> redis.run(
                        scripts.freeUnit(),
                        List.of(
                                Keys.sale(productId),
                                Keys.stock(productId),
                                Keys.free(productId),
                                Keys.holder(productId)),
                        List.of(identity, String.valueOf(unit), expectedHolder, epoch, pass)))
                .map(reply -> reply.asLong() == 1);
    }

    /**
     * Applies a version of the settings to the running sale.
     *
     * @return the result; any result but CONFIGURED requires a recovery of the sale, which reads the settings from
     *     MongoDB
     */
    public Future<ConfigureResult> configure(Product product) {
        List<String> arguments = new ArrayList<>();
        return withIdentity(identity -> {
                    arguments.add(identity);
                    arguments.addAll(settingsOf(product));
                    return redis.run(
                            scripts.configure(), List.of(Keys.sale(product.id()), Keys.stock(product.id())), arguments);
                })
                .map(reply -> ConfigureResult.valueOf(reply.at(0).asString()));
    }

    /**
     * Returns version, unit count, limit, price, currency, opensAt, closesAt, paused and deleted as script arguments.
     */
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

    /** Returns the number of orders in the outbox of a product. */
    public Future<Long> outboxSize(String productId) {
        return redis.send("HLEN", Keys.orders(productId)).map(Reply::asLong);
    }

    /** Returns all orders in the outbox of a product, keyed by their encoded form. */
    public Future<Map<String, Order>> outbox(String productId) {
        return redis.send("HVALS", Keys.orders(productId)).map(reply -> {
            Map<String, Order> orders = new HashMap<>();
            reply.asStrings().forEach(text -> orders.put(text, ReservationCodec.parse(text)));
            return orders;
        });
    }

    /** Returns the connection of these scripts. */
    public RedisGateway redis() {
        return redis;
    }

    /** Returns how long an idempotency key stays bound to its answer. */
    public Duration answerTtl() {
        return settings.answerTtl();
    }

    private Future<Reply> withIdentity(Function<String, Future<Reply>> script) {
        return redis.identity().compose(identity -> script.apply(identity.token()));
    }

    private static String millis(Instant time) {
        return time == null ? "" : String.valueOf(time.toEpochMilli());
    }
}
