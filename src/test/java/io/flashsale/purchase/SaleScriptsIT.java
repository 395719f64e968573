package io.flashsale.purchase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.IdempotencyKey;
import io.flashsale.domain.Order;
import io.flashsale.domain.OrderStatus;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.orders.ReleaseReason;
import io.flashsale.orders.ReservationCodec;
import io.flashsale.purchase.ReservationResult.Code;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the scripts of a sale on a real Redis: every return code is reached, and refusals write nothing. */
class SaleScriptsIT {
    private static final AtomicInteger PRODUCTS = new AtomicInteger();

    private static Vertx vertx;
    private static io.vertx.core.Context loop;
    private static RedisGateway redis;
    private static SaleScripts saleScripts;
    private static String identity;

    private String product;

    @BeforeAll
    static void connect() {
        vertx = Vertx.vertx();
        loop = vertx.getOrCreateContext();
        redis = new RedisGateway(
                vertx,
                new RedisOptions().setConnectionString(TestStores.shared().redisUri()),
                new RedisGateway.Settings(
                        Duration.ofSeconds(5),
                        1_000,
                        Duration.ofMillis(10),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)));
        run(() -> redis.start());
        saleScripts = new SaleScripts(
                redis,
                SaleScripts.Scripts.load(),
                new SaleScripts.Settings(Duration.ofHours(24), 3),
                Clock.systemUTC());
        identity = run(() -> redis.identity()).token();
    }

    @AfterAll
    static void disconnect() {
        run(() -> redis.close());
        TestNode.await(vertx.close());
    }

    @BeforeEach
    void freshProduct() {
        product =
                "t" + PRODUCTS.incrementAndGet() + UUID.randomUUID().toString().substring(0, 8);
    }

    private static <T> T run(Supplier<Future<T>> step) {
        return TestNode.await(
                Future.future(promise -> loop.runOnContext(now -> step.get().onComplete(promise))));
    }

    private static Map<String, String> settings(int unitCount, int limit) {
        return Map.of(
                "highest",
                "" + unitCount,
                "limit",
                "" + limit,
                "price",
                "500",
                "currency",
                "USD",
                "opensAt",
                "",
                "closesAt",
                "",
                "paused",
                "0",
                "deleted",
                "0",
                "version",
                "1");
    }

    private void open(int unitCount, int limit) {
        List<String> fields = new ArrayList<>(
                List.of(Keys.sale(product), "certifiedBy", identity, "epoch", "3", "issued", "0", "seq", "0"));
        settings(unitCount, limit).forEach((field, value) -> fields.addAll(List.of(field, value)));
        send("HSET", fields.toArray(String[]::new));
        send("SET", Keys.stock(product), "" + unitCount);
    }

    private static String send(String command, String... arguments) {
        return run(() -> redis.send(command, arguments)).asString();
    }

    private ReservationResult buy(String user, String key, int quantity) {
        return run(() -> saleScripts.purchase(new PurchaseCommand(user, product, new IdempotencyKey(key), quantity)));
    }

    private static Order order(ReservationResult result) {
        if (result instanceof ReservationResult.Replayed replayed) {
            return replayed.order();
        }
        return assertInstanceOf(ReservationResult.Reserved.class, result).order();
    }

    private void set(String field, String value) {
        send("HSET", Keys.sale(product), field, value);
    }

    private long stock() {
        return Long.parseLong(send("GET", Keys.stock(product)));
    }

    @Test
    void everyReturnCodeOfThePurchaseIsReached() {
        EnumSet<Code> reached = EnumSet.noneOf(Code.class);

        reached.add(buy("u", "none", 1).code());
        assertEquals(EnumSet.of(Code.UNCERTIFIED), reached);
        open(4, 2);
        reached.add(buy("u", "k", 1).code());
        reached.add(buy("u", "k", 1).code());
        reached.add(buy("u", "k", 2).code());
        reached.add(buy("u", "k2", 2).code());
        reached.add(buy("v", "k", 2).code());
        reached.add(buy("w", "k", 2).code());
        reached.add(buy("w", "k2", 1).code());
        reached.add(buy("x", "k", 1).code());
        set("highest", "9");
        send("SET", Keys.stock(product), "5");
        reached.add(buy("x", "k", 1).code());
        set("paused", "1");
        reached.add(buy("y", "k", 1).code());
        set("deleted", "1");
        reached.add(buy("y", "k", 1).code());

        assertEquals(EnumSet.allOf(Code.class), reached);
    }

    @Test
    void theScriptsHeaderAndTheEnumAgree() {
        // given
        Matcher codes = Pattern.compile("(?m)^  ([A-Z_]+)\\b").matcher(header("purchase-7"));

        // when
        Set<String> documented = new TreeSet<>();
        while (codes.find()) {
            documented.add(codes.group(1));
        }

        // then
        Set<String> known = new TreeSet<>();
        EnumSet.allOf(Code.class).forEach(code -> known.add(code.name()));
        assertEquals(known, documented);
    }

    private static String header(String script) {
        String source = Script.load(script).source();
        return source.substring(source.indexOf("Returns a list"), source.indexOf("--]]"));
    }

    @Test
    void aReservationRecordsEverythingInOneStep() {
        // given
        open(5, 2);

        // when
        ReservationResult result = buy("ada", "key", 2);

        // then
        Order order = order(result);
        assertEquals(List.of(1, 2), order.units());
        assertEquals(List.of(1, 2), order.slots());
        assertEquals(3, order.epoch());
        assertEquals(1_000, order.total());
        assertEquals(3, stock());
        assertEquals(order.id(), send("HGET", Keys.holder(product), "2"));
        assertEquals(ReservationCodec.format(order), send("HGET", Keys.orders(product), order.id()));
        assertTrue(send("HGET", Keys.user("ada", product), "1").endsWith(order.id()));
        String answer = Keys.idempotency("ada", product, new IdempotencyKey("key"));
        assertTrue(send("GET", answer).startsWith("3:2:{"));
        assertTrue(Long.parseLong(send("TTL", answer)) > 86_000);
    }

    @Test
    void refusalsWriteNothing() {
        // given
        open(1, 1);
        buy("winner", "k", 1);
        List<String> before = keysOfTheSale();
        String sale = String.valueOf(
                run(() -> redis.send("HGETALL", Keys.sale(product))).asStrings());

        // when
        assertEquals(Code.SOLD_OUT, buy("late", "k", 1).code());
        assertEquals(Code.LIMIT_REACHED, buy("winner", "other", 1).code());

        // then
        assertEquals(before, keysOfTheSale());
        assertEquals(
                sale,
                String.valueOf(
                        run(() -> redis.send("HGETALL", Keys.sale(product))).asStrings()));
    }

    private List<String> keysOfTheSale() {
        return run(() -> redis.send("KEYS", "*{" + product + "}*")).asStrings().stream()
                .sorted()
                .toList();
    }

    @Test
    void recordsOfAnOlderEpochCountAsAbsent() {
        // given
        open(5, 1);
        buy("ada", "k", 1);

        // when
        set("epoch", "4");
        ReservationResult again = buy("ada", "k", 1);

        // then
        assertEquals(Code.RESERVED, again.code());
        assertEquals(4, order(again).epoch());
    }

    @Test
    void aServerWithoutCertificationSellsNothing() {
        // given
        open(5, 1);
        set("certifiedBy", "another/server");

        // when
        ReservationResult result = buy("ada", "k", 1);

        // then
        assertEquals(Code.UNCERTIFIED, result.code());
        assertEquals(5, stock());
    }

    @Test
    void aCounterAboveTheAvailableUnitsClosesTheSale() {
        // given
        open(1, 0);
        buy("ada", "k", 1);

        // when
        send("SET", Keys.stock(product), "7");
        ReservationResult result = buy("bob", "k", 1);

        // then
        assertEquals(Code.UNCERTIFIED, result.code());
        assertNull(send("HGET", Keys.sale(product), "certifiedBy"));
        assertEquals("0", send("HEXISTS", Keys.holder(product), "2"));
    }

    @Test
    void aStockHoldIgnoresOpeningTimesPausesAndLimits() {
        // given
        open(9, 1);
        set("paused", "1");

        // when
        ReservationResult held = run(() -> saleScripts.hold(
                new PurchaseCommand(Order.STOCK_HOLD_USER, product, new IdempotencyKey("stock-v2"), 5)));

        // then
        assertEquals(Code.RESERVED, held.code());
        assertEquals(5, order(held).units().size());
        assertTrue(order(held).slots().isEmpty());
        assertEquals(4, stock());
    }

    @Test
    void releasesAUnitOnceDespiteRepetitions() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));

        // when
        int first = run(() -> saleScripts.release(order, ReleaseReason.CANCELLED, order.units(), order.slots()));
        int second = run(() -> saleScripts.release(order, ReleaseReason.CANCELLED, order.units(), order.slots()));

        // then
        assertEquals(1, first);
        assertEquals(0, second);
        assertEquals(5, stock());
        assertEquals(Code.REPLAYED, buy("ada", "k", 1).code());
        assertEquals(Code.RESERVED, buy("ada", "k2", 1).code());
    }

    @Test
    void anOrderThatWasNeverPlacedFreesItsKey() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));

        // when
        run(() -> saleScripts.release(order, ReleaseReason.NEVER_WAS, order.units(), order.slots()));
        ReservationResult again = buy("ada", "k", 1);
        int late = run(() -> saleScripts.release(order, ReleaseReason.NEVER_WAS, order.units(), order.slots()));

        // then
        assertEquals(Code.RESERVED, again.code());
        assertEquals(0, late, "a late repetition leaves the new reservation alone");
        assertEquals(4, stock());
    }

    /** A node resumes after a pause and releases an earlier reservation of the same request. */
    @Test
    void aLateReleaseKeepsALaterReservationInTheOutboxDuringARecovery() {
        // given
        open(5, 1);
        Order earlier = order(buy("ada", "k", 1));
        run(() -> saleScripts.release(earlier, ReleaseReason.NEVER_WAS, earlier.units(), earlier.slots()));
        Order later = order(buy("ada", "k", 1));
        set("recovering", "token");

        // when
        run(() -> saleScripts.release(earlier, ReleaseReason.NEVER_WAS, earlier.units(), earlier.slots()));
        boolean discarded = run(() -> saleScripts
                .release(earlier, ReleaseReason.DISCARDED, earlier.units(), earlier.slots())
                .map(true)
                .otherwise(false));
        String remaining = send("HGET", Keys.orders(product), later.id());
        run(() -> saleScripts.release(later, ReleaseReason.NEVER_WAS, later.units(), later.slots()));

        // then
        assertEquals(earlier.id(), later.id());
        assertEquals(ReservationCodec.format(later), remaining);
        assertEquals(false, discarded, "the recovery may have restored it");
        assertEquals("0", send("HLEN", Keys.orders(product)));
    }

    /** The clock of a promoted server may be an hour behind the clock of its predecessor. */
    @Test
    void aPassWithMoreThanItsLeaseLeftIsOver() {
        // given
        List<String> key = List.of(Keys.reconcilerPass(product));

        // when
        send(
                "HSET",
                key.get(0),
                "token",
                "dead",
                "number",
                "7",
                "until",
                String.valueOf(System.currentTimeMillis() + 3_600_000));
        long afterAFailOver = run(() -> redis.run(Script.load("begin-pass-1"), key, List.of("me", "5000")))
                .asLong();
        long another = run(() -> redis.run(Script.load("begin-pass-1"), key, List.of("other", "5000")))
                .asLong();
        long mine = run(() -> redis.run(Script.load("begin-pass-1"), key, List.of("me", "5000")))
                .asLong();

        // then
        assertEquals(List.of(8L, 0L, 8L), List.of(afterAFailOver, another, mine));
    }

    /** A replaced server with a clock one hour ahead has left locks and counters behind. */
    @Test
    void locksAndLimitsOfAFastClockDoNotLastForAnHour() {
        // given
        List<String> lock = List.of(Keys.recoveryLock(product));
        List<String> window = List.of("rate_limit:test:" + product);
        List<String> sliding = List.of("rate_limit:sliding:" + product);
        send("SET", lock.get(0), "dead", "PX", "3600000");
        send("SET", window.get(0), "1", "PX", "3600000");
        String ahead = String.valueOf((System.currentTimeMillis() + 3_600_000) * 1_000);
        send("ZADD", sliding.get(0), ahead, "a", ahead, "b", ahead, "c");

        // when
        long taken = run(() -> redis.run(Script.load("lock-1"), lock, List.of("me", "5000")))
                .asLong();
        long other = run(() -> redis.run(Script.load("lock-1"), lock, List.of("other", "5000")))
                .asLong();
        run(() -> redis.run(Script.load("limit-window-1"), window, List.of("5", "1000")));
        long admitted = run(() -> redis.run(Script.load("limit-sliding-1"), sliding, List.of("3", "1000", "id")))
                .at(0)
                .asLong();

        // then
        assertEquals(List.of(1L, 0L, 1L), List.of(taken, other, admitted));
        assertTrue(Long.parseLong(send("PTTL", window.get(0))) <= 1_000);
    }

    @Test
    void aReleaseIsRejectedIfTheSaleIsNotCertified() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));

        // when
        set("recovering", "token");
        int recovering = run(() -> saleScripts.release(order, ReleaseReason.CANCELLED, order.units(), order.slots()));
        send("HDEL", Keys.sale(product), "recovering");
        set("certifiedBy", "another/server");
        int uncertified = run(() -> saleScripts.release(order, ReleaseReason.CANCELLED, order.units(), order.slots()));

        // then
        assertEquals(0, recovering);
        assertEquals(0, uncertified);
        assertEquals(4, stock());
        assertEquals(order.id(), send("HGET", Keys.holder(product), "1"));
    }

    @Test
    void acknowledgesOnlyThePersistedReservation() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));
        Order other = new Order(
                order.id(),
                product,
                "ada",
                order.keyHash(),
                1,
                500,
                "USD",
                List.of(4),
                List.of(1),
                order.status(),
                3,
                order.reservedAt(),
                order.reservedAt());

        // when
        run(() -> saleScripts.settle(product, List.of(other)));
        String remaining = send("HGET", Keys.orders(product), order.id());
        run(() -> saleScripts.settle(product, List.of(order)));

        // then
        assertEquals(ReservationCodec.format(order), remaining);
        assertEquals("0", send("HLEN", Keys.orders(product)));
    }

    @Test
    void assignsAUnitToItsHolderInMongoDb() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));

        // when
        boolean stale = run(() -> saleScripts.adopt(placed("eve", 1), 1, "another order"));
        boolean held = run(() -> saleScripts.adopt(placed("eve", 1), 1, order.id()));
        boolean neverIssued = run(() -> saleScripts.adopt(placed("mallory", 4), 4, "", "3", "7"));
        boolean otherEpoch = run(() -> saleScripts.adopt(placed("x", 5), 5, "", "2", "7"));

        // then
        assertEquals(List.of(false, true, true, false), List.of(stale, held, neverIssued, otherEpoch));
        assertEquals("order-of-eve", send("HGET", Keys.holder(product), "1"));
        ReservationResult retried = buy("eve", "k", 1);
        assertEquals(ReservationResult.Code.REPLAYED, retried.code(), "the retry of its holder finds it");
        assertEquals(List.of(1), order(retried).units());
        assertEquals(
                ReservationResult.Code.LIMIT_REACHED, buy("eve", "other", 1).code(), "the purchase limit counts it");
        assertEquals(3, stock());
        assertEquals(2, Long.parseLong(send("SCARD", Keys.free(product))), "2 and 3 stay sellable");
        Set<Integer> sold = new TreeSet<>();
        sold.addAll(order(buy("b", "k", 1)).units());
        sold.addAll(order(buy("c", "k", 1)).units());
        assertEquals(Set.of(2, 3), sold);
    }

    /** Creates an order as in MongoDB, reserved under an epoch that this copy of the data has never had. */
    private Order placed(String user, int unit) {
        return new Order(
                "order-of-" + user,
                product,
                user,
                new IdempotencyKey("k").hash(),
                1,
                500,
                "USD",
                List.of(unit),
                List.of(1),
                OrderStatus.PLACED,
                2,
                Instant.now(),
                Instant.now());
    }

    /** Fencing: a node that was paused in its pass is rejected. */
    @Test
    void anEarlierPassIsFenced() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));
        run(() -> saleScripts.adopt(placed("eve", 1), 1, "another order", "3", "8"));

        // when
        boolean lateAdoption = run(() -> saleScripts.adopt(placed("eve", 1), 1, order.id(), "3", "7"));
        boolean lateRelease = run(() -> saleScripts.freeUnit(product, 1, order.id(), "3", "7"));
        boolean noPass = run(() -> saleScripts.adopt(placed("eve", 1), 1, order.id()));
        boolean samePass = run(() -> saleScripts.freeUnit(product, 1, "order-of-eve", "3", "8"));

        // then
        assertEquals(List.of(false, false, true, true), List.of(lateAdoption, lateRelease, noPass, samePass));
    }

    /** Subscribers ignore events with a lower number, so a number that is too high would silence the sale. */
    @Test
    void eventsDuringARecoveryHaveLowerNumbersThanEventsAfterIt() {
        // given
        open(5, 1);
        set("seq", "57");
        List<Long> seqs = new ArrayList<>(List.of(seq()));

        // when
        run(() -> redis.run(
                Script.load("begin-recovery-2"),
                List.of(Keys.sale(product), Keys.orders(product)),
                List.of("4", "token")));
        seqs.add(seq());
        run(() -> saleScripts.announce(product));
        seqs.add(seq());
        run(() -> redis.run(
                Script.load("finish-recovery-4"),
                List.of(Keys.sale(product), Keys.stock(product), Keys.free(product), Keys.orders(product)),
                List.of("4", "token", identity, "0", "1", "5", "1", "500", "USD", "", "", "0", "0")));
        seqs.add(seq());

        // then
        assertEquals(seqs.stream().sorted().toList(), seqs);
        assertEquals("0", send("HEXISTS", Keys.sale(product), "recovering"));
    }

    private long seq() {
        return run(() -> redis.run(Script.load("look-2"), List.of(Keys.sale(product), Keys.stock(product)), List.of()))
                .at(0)
                .asLong();
    }

    @Test
    void aLostUnitBecomesSellable() {
        // given
        open(5, 1);
        Order order = order(buy("ada", "k", 1));

        // when
        boolean stale = run(() -> saleScripts.freeUnit(product, 1, "another order", "3", "7"));
        boolean otherEpoch = run(() -> saleScripts.freeUnit(product, 1, order.id(), "2", "7"));
        boolean freed = run(() -> saleScripts.freeUnit(product, 1, order.id(), "3", "7"));
        boolean twice = run(() -> saleScripts.freeUnit(product, 1, "", "3", "7"));
        boolean neverIssued = run(() -> saleScripts.freeUnit(product, 4, "", "3", "7"));

        // then
        assertEquals(List.of(false, false, true, false, false), List.of(stale, otherEpoch, freed, twice, neverIssued));
        assertEquals(5, stock());
    }

    @Test
    void newerSettingsReplaceOlderOnesAndUnitsAreAddedOnce() {
        // given
        open(5, 1);

        // when
        List<SaleScripts.ConfigureResult> results = List.of(
                run(() -> saleScripts.configure(version(3, 8, 700))),
                run(() -> saleScripts.configure(version(3, 8, 700))),
                run(() -> saleScripts.configure(version(2, 6, 600))));

        // then
        assertEquals(Collections.nCopies(3, SaleScripts.ConfigureResult.CONFIGURED), results);
        assertEquals(8, stock());
        assertEquals("700", send("HGET", Keys.sale(product), "price"));
    }

    @Test
    void newerSettingsAreNotAppliedToASaleThatMustBeRecovered() {
        // given
        open(5, 1);

        // when
        set("limit", "2");
        SaleScripts.ConfigureResult otherLimit = run(() -> saleScripts.configure(version(4, 8, 1)));
        set("certifiedBy", "another/server");
        SaleScripts.ConfigureResult otherServer = run(() -> saleScripts.configure(version(4, 8, 1)));
        send("DEL", Keys.sale(product));
        SaleScripts.ConfigureResult none = run(() -> saleScripts.configure(version(4, 8, 1)));

        // then
        assertEquals(
                List.of(
                        SaleScripts.ConfigureResult.LIMIT_CHANGED,
                        SaleScripts.ConfigureResult.UNCERTIFIED,
                        SaleScripts.ConfigureResult.ABSENT),
                List.of(otherLimit, otherServer, none));
        assertEquals(5, stock());
    }

    private Product version(long version, int unitCount, long price) {
        ProductDetails details =
                new ProductDetails("Thing", "", "standard", price, "USD", unitCount, 1, null, null, false, null);
        return new Product(product, details, unitCount, version, 3, false, Instant.EPOCH, Instant.EPOCH);
    }

    private List<String> snapshot() {
        return run(() -> redis.run(Script.load("look-2"), List.of(Keys.sale(product), Keys.stock(product)), List.of()))
                .asStrings();
    }

    private void finishRecovery() {
        List<String> arguments = new ArrayList<>(List.of("4", "token", identity, "1"));
        arguments.addAll(List.of("1", "5", "1", "500", "USD", "", "", "0", "0"));
        run(() -> redis.run(
                Script.load("finish-recovery-4"),
                List.of(Keys.sale(product), Keys.stock(product), Keys.free(product), Keys.orders(product)),
                arguments));
    }

    /** Its keys may have been removed before a throttled announcement is due. */
    @Test
    void theEndOfADeletedSaleIsAnnouncedAtOnce() {
        // given: a recent announcement
        open(5, 1);
        long delay = run(() -> saleScripts.announce(product));
        for (int i = 0; i < 100 && delay == 0; i++) {
            delay = run(() -> saleScripts.announce(product));
        }
        set("deleted", "1");

        // when
        long last = run(() -> saleScripts.announce(product));

        // then
        assertTrue(delay > 0, "announced again after " + delay + " ms");
        assertEquals(0, last);
    }

    /** A snapshot taken during a recovery must not have a higher number than the events after it. */
    @Test
    void seqNeverDecreasesEvenDuringARecovery() {
        // given
        open(5, 1);
        set("seq", "57");
        long before = Long.parseLong(snapshot().get(0));

        // when
        run(() -> redis.run(
                Script.load("begin-recovery-2"),
                List.of(Keys.sale(product), Keys.orders(product)),
                List.of("4", "token")));
        long between = Long.parseLong(snapshot().get(0));
        long delay = run(() -> saleScripts.announce(product));
        long still = Long.parseLong(snapshot().get(0));
        finishRecovery();
        long recovered = Long.parseLong(snapshot().get(0));
        run(() -> saleScripts.announce(product));
        long after = Long.parseLong(snapshot().get(0));

        // then
        assertEquals(3_000_000_057L, before);
        assertEquals(4_000_000_000L, between);
        assertEquals(0, delay);
        assertEquals(between, still, "nothing is announced before the counter is correct again");
        assertEquals(between, recovered);
        assertEquals(4_000_000_001L, after);
    }

    @Test
    void theLastPublishedStockIsStored() {
        // given
        open(2, 1);
        run(() -> saleScripts.announce(product));
        String atFirst = send("HGET", Keys.sale(product), "told");

        // when
        buy("ada", "k", 1);
        String unpublished = send("HGET", Keys.sale(product), "told");
        buy("bob", "k", 1);
        String soldOut = send("HGET", Keys.sale(product), "told");

        // then
        assertEquals(List.of("2", "2", "0"), List.of(atFirst, unpublished, soldOut));
    }

    @Test
    void aDeadLetteredOrderIsNotAnnouncedAsAPurchase() {
        // given
        open(5, 1);
        Order refused = order(buy("ada", "k", 1));

        // when
        run(() -> saleScripts.removeFromOutbox(refused));

        // then
        assertEquals(0, Long.parseLong(send("HLEN", Keys.orders(product))));
        assertEquals(3_000_000_001L, Long.parseLong(snapshot().get(0)), "only the remaining stock was announced");
    }

    @Test
    void everyScriptNameEndsWithTheNumberOfItsKeys() {
        for (String name : List.of(
                "purchase-7",
                "settle-3",
                "look-2",
                "release-7",
                "remember-2",
                "adopt-6",
                "free-unit-4",
                "configure-2",
                "begin-pass-1",
                "end-pass-1",
                "unlock-1",
                "begin-recovery-2",
                "clear-3",
                "restore-4",
                "restore-free-2",
                "finish-recovery-4",
                "limit-window-1",
                "limit-sliding-1",
                "session-1",
                "put-session-1",
                "revoke-session-1",
                "put-code-1",
                "use-code-1",
                "probe-1",
                "fill-1",
                "fill-page-2",
                "void-pages-2")) {
            Script script = Script.load(name);
            Matcher keys = Pattern.compile("KEYS\\[(\\d+)]").matcher(script.source());
            int keyCount = 0;
            while (keys.find()) {
                keyCount = Math.max(keyCount, Integer.parseInt(keys.group(1)));
            }
            assertEquals(script.keyCount(), keyCount, name);
        }
    }
}
