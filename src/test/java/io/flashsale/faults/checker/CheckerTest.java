package io.flashsale.faults.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Verifies each rule of the checker with a small history that violates it. */
class CheckerTest {
    private static final String PRODUCT = "p";
    private static final Instant RESERVED_AT = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final long SECOND = 1_000_000_000L;

    private final History history = new History();
    private final List<StoreSnapshot.Order> orders = new ArrayList<>();
    private final Map<Integer, String> holders = new HashMap<>();
    private String certifiedBy = "x";
    private final Map<String, String> slots = new HashMap<>();
    private final Map<String, String> answers = new HashMap<>();
    private final Set<String> outbox = new HashSet<>();
    private Set<Integer> free;
    private long now;
    private long duration = 1;
    private int limit = 1;
    private int onSale = 2;
    private int unitCount = 2;

    private static JsonObject body(String buyer, String key, int quantity, int unit) {
        return new JsonObject()
                .put("orderId", buyer + "-" + key)
                .put("productId", PRODUCT)
                .put("quantity", quantity)
                .put("unitPrice", 4_999)
                .put("total", 4_999 * quantity)
                .put("currency", "USD")
                .put("units", units(quantity, unit))
                .put("reservedAt", RESERVED_AT.toString());
    }

    private static JsonArray units(int quantity, int unit) {
        JsonArray units = new JsonArray();
        IntStream.range(unit, unit + quantity).forEach(units::add);
        return units;
    }

    private void call(
            Call.Kind kind, String buyer, String key, int quantity, int status, boolean replayed, String body) {
        long returned = now + 1 + duration;
        history.add(new Call(kind, buyer, 0, PRODUCT, key, quantity, now + 1, returned, status, replayed, body));
        now = returned + 8;
    }

    private void acknowledged(String buyer, String key, int quantity, int unit) {
        call(
                Call.Kind.BUY,
                buyer,
                key,
                quantity,
                201,
                false,
                body(buyer, key, quantity, unit).encode());
    }

    private void refused(String buyer, String key, int status, String code) {
        call(
                Call.Kind.BUY,
                buyer,
                key,
                1,
                status,
                false,
                new JsonObject().put("code", code).encode());
    }

    private void cancelled(String buyer, String key) {
        call(Call.Kind.CANCEL, buyer, buyer + "-" + key, 0, 200, false, "{}");
    }

    private void edited(int stock, int status) {
        call(Call.Kind.EDIT, "admin", "stock", stock, status, false, "{}");
    }

    private StoreSnapshot.Order order(String buyer, String key, int quantity, int unit, String status) {
        boolean live = status.equals("placed");
        boolean limited = limit > 0 && !buyer.equals("house");
        List<Integer> units = IntStream.range(unit, unit + quantity).boxed().toList();
        List<Integer> taken =
                limited ? IntStream.rangeClosed(1, quantity).boxed().toList() : List.of();
        return new StoreSnapshot.Order(
                buyer + "-" + key,
                buyer,
                key,
                quantity,
                4_999,
                "USD",
                RESERVED_AT.toString(),
                units,
                taken,
                live ? units.stream().map(each -> PRODUCT + "#" + each).toList() : List.of(),
                live
                        ? taken.stream()
                                .map(each -> PRODUCT + "#" + buyer + "#" + each)
                                .toList()
                        : List.of(),
                status);
    }

    /** Adds an order to MongoDB, and to Redis as it should be there. */
    private void stored(String buyer, String key, int quantity, int unit, String status) {
        StoreSnapshot.Order order = order(buyer, key, quantity, unit, status);
        orders.add(order);
        if (order.live()) {
            order.units().forEach(each -> holders.put(each, order.id()));
            order.slots().forEach(each -> slots.put(buyer + "#" + each, order.id()));
        }
        if (!status.equals("failed")) {
            answers.put(order.request(), order.id());
        }
    }

    private StoreSnapshot snapshot() {
        Map<String, String> sale = Map.of(
                "certifiedBy", certifiedBy, "issued", String.valueOf(unitCount), "highest", String.valueOf(unitCount));
        Set<Integer> unheld =
                new TreeSet<>(IntStream.rangeClosed(1, unitCount).boxed().toList());
        unheld.removeAll(holders.keySet());
        Set<Integer> given = free == null ? unheld : free;
        return new StoreSnapshot(
                PRODUCT,
                onSale,
                unitCount,
                limit,
                List.copyOf(orders),
                List.of(),
                "x",
                (long) given.size(),
                sale,
                given,
                holders,
                outbox,
                slots,
                answers);
    }

    /** Returns what the checker finds for a product of two units. */
    private List<String> check() {
        return Checker.check(history, snapshot(), 2, false);
    }

    private void finds(String rule) {
        List<String> found = check();
        assertTrue(found.stream().anyMatch(each -> each.startsWith(rule + ": ")), found.toString());
    }

    @Test
    void nothingIsWrong() {
        acknowledged("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1).encode());
        acknowledged("bob", "k", 1, 2);
        refused("eve", "k", 409, "sold-out");
        refused("bob", "l", 409, "purchase-limit-reached");
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        assertEquals(List.of(), check());
    }

    @Test
    void nothingIsWrongInALongHistory() {
        edited(3, 200);
        edited(2, 200);
        acknowledged("ada", "k", 1, 1);
        cancelled("ada", "k");
        acknowledged("bob", "k", 1, 1);
        acknowledged("ada", "l", 1, 2);
        refused("eve", "k", 409, "sold-out");
        unitCount = 3;
        stored("ada", "k", 1, 1, "cancelled");
        stored("bob", "k", 1, 1, "placed");
        stored("ada", "l", 1, 2, "placed");
        stored("house", "k", 1, 3, "placed");
        history.agreedAt(now, List.of(snapshot()));
        refused("eve", "k", 409, "sold-out");
        cancelled("bob", "k");
        acknowledged("eve", "k", 1, 1);
        orders.remove(1);
        holders.remove(1);
        slots.remove("bob#1");
        stored("bob", "k", 1, 1, "cancelled");
        stored("eve", "k", 1, 1, "placed");
        assertEquals(List.of(), check());
    }

    @Test
    void aUnitSoldTwice() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 1, "placed");
        finds("sold twice");
    }

    @Test
    void aUnitAcknowledgedTwiceThoughStoredOnce() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        finds("sold twice");
    }

    @Test
    void aUnitAcknowledgedTwiceAtOnceThoughBothWereCancelled() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 1);
        cancelled("ada", "k");
        cancelled("bob", "k");
        stored("ada", "k", 1, 1, "cancelled");
        stored("bob", "k", 1, 1, "cancelled");
        finds("sold twice");
    }

    @Test
    void moreSoldThanPutOnSale() {
        limit = 0;
        stored("ada", "k", 3, 1, "placed");
        finds("oversold");
    }

    @Test
    void moreSoldThanALoweredStock() {
        // The stock hold that took a unit off sale is lost, and the unit was sold.
        edited(1, 200);
        onSale = 1;
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 2);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        finds("oversold");
    }

    @Test
    void aStockThatNoEditExplains() {
        edited(3, 200);
        finds("put on sale");
    }

    @Test
    void aStockOfAnEditThatWasOverwritten() {
        edited(2, 503);
        edited(3, 200);
        edited(4, 200);
        finds("put on sale");
    }

    @Test
    void aStockOfAnEditThatMayBeWrittenLate() {
        edited(2, 503);
        edited(3, 200);
        assertEquals(List.of(), check());
    }

    @Test
    void aStockOfAnEditWithoutAResponse() {
        edited(2, 0);
        edited(3, 200);
        edited(4, 200);
        assertEquals(List.of(), check());
    }

    @Test
    void unitsTakenOffSaleWithoutAnEdit() {
        stored("house", "k", 1, 1, "placed");
        finds("put on sale");
    }

    @Test
    void aUnitInTwoPlacesAndAnotherMissing() {
        limit = 0;
        unitCount = 3;
        onSale = 3;
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        free = Set.of(1, 2);
        finds("units");
    }

    @Test
    void aMissingUnit() {
        free = Set.of(1);
        finds("units");
    }

    @Test
    void aUnitThatRedisHoldsForAnotherOrder() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        holders.put(1, "another-order");
        finds("units");
    }

    @Test
    void aUnitThatRedisStillHoldsForACancelledOrder() {
        acknowledged("ada", "k", 1, 1);
        cancelled("ada", "k");
        stored("ada", "k", 1, 1, "cancelled");
        holders.put(1, orders.get(0).id());
        finds("units");
    }

    @Test
    void aSaleThatAnotherServerCertified() {
        certifiedBy = "y";
        finds("accounts");
    }

    @Test
    void aLiveOrderWithoutIndexKeys() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        StoreSnapshot.Order order = orders.remove(0);
        orders.add(new StoreSnapshot.Order(
                order.id(),
                order.userId(),
                order.keyHash(),
                1,
                order.unitPrice(),
                order.currency(),
                order.reservedAt(),
                order.units(),
                order.slots(),
                List.of(),
                order.buyerKeys(),
                "placed"));
        finds("units");
    }

    @Test
    void aSlotWithoutAnOrder() {
        slots.put("ada#1", "ada-k");
        finds("slots");
    }

    @Test
    void aSlotThatIsFreeThoughItsBuyerHoldsAUnit() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        slots.clear();
        finds("slots");
    }

    @Test
    void aKeyThatIsBoundToNoOrder() {
        answers.put("ada:k", "ada-k");
        finds("keys");
    }

    @Test
    void aKeyThatLostItsOrder() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        answers.clear();
        finds("keys");
    }

    @Test
    void moreThanTheLimit() {
        stored("ada", "k", 1, 1, "placed");
        stored("ada", "l", 1, 2, "placed");
        finds("limit");
    }

    @Test
    void moreThanTheLimitForAWhile() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("ada", "l", 1, 2);
        cancelled("ada", "k");
        stored("ada", "k", 1, 1, "cancelled");
        stored("ada", "l", 1, 2, "placed");
        finds("limit");
    }

    @Test
    void aLostOrder() {
        acknowledged("ada", "k", 1, 1);
        finds("lost");
    }

    @Test
    void otherUnitsThanAcknowledged() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 2, "placed");
        finds("same body");
    }

    @Test
    void anotherPriceThanAcknowledged() {
        JsonObject body = body("ada", "k", 1, 1).put("unitPrice", 1).put("total", 1);
        call(Call.Kind.BUY, "ada", "k", 1, 201, false, body.encode());
        stored("ada", "k", 1, 1, "placed");
        finds("same body");
    }

    @Test
    void anotherTotalThanAcknowledged() {
        call(
                Call.Kind.BUY,
                "ada",
                "k",
                1,
                201,
                false,
                body("ada", "k", 1, 1).put("total", 1).encode());
        stored("ada", "k", 1, 1, "placed");
        finds("same body");
    }

    @Test
    void anotherCurrencyThanAcknowledged() {
        JsonObject body = body("ada", "k", 1, 1).put("currency", "EUR");
        call(Call.Kind.BUY, "ada", "k", 1, 201, false, body.encode());
        stored("ada", "k", 1, 1, "placed");
        finds("same body");
    }

    @Test
    void anotherTimeThanAcknowledged() {
        JsonObject body = body("ada", "k", 1, 1)
                .put("reservedAt", RESERVED_AT.plusMillis(1).toString());
        call(Call.Kind.BUY, "ada", "k", 1, 201, false, body.encode());
        stored("ada", "k", 1, 1, "placed");
        finds("same body");
    }

    @Test
    void aRefusedBuyerWithAnOrder() {
        refused("ada", "k", 503, "unavailable");
        acknowledged("bob", "k", 1, 2);
        refused("ada", "k", 409, "sold-out");
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        finds("one outcome");
    }

    @Test
    void aReservationThatWasNeverConfirmed() {
        call(Call.Kind.BUY, "ada", "k", 1, 202, false, body("ada", "k", 1, 1).encode());
        stored("ada", "k", 1, 1, "placed");
        finds("unresolved");
    }

    @Test
    void aWinnersRetryRefused() {
        acknowledged("ada", "k", 1, 1);
        refused("ada", "k", 409, "sold-out");
        stored("ada", "k", 1, 1, "placed");
        finds("replay");
    }

    @Test
    void aRetryThatIsNotMarkedAsReplay() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        finds("replay");
    }

    @Test
    void twoResponsesUnderOneKey() {
        acknowledged("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 2).encode());
        stored("ada", "k", 1, 1, "placed");
        finds("one key, one order");
    }

    @Test
    void aReservationThatDiffersFromItsConfirmation() {
        call(Call.Kind.BUY, "ada", "k", 1, 202, false, body("ada", "k", 1, 2).encode());
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        finds("one key, one order");
    }

    @Test
    void anotherRequestUnderAKey() {
        acknowledged("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 2, 409, false, "{\"code\":\"sold-out\"}");
        stored("ada", "k", 1, 1, "placed");
        finds("key reused");
    }

    @Test
    void aPersistentUnavailable() {
        refused("ada", "k", 503, "unavailable");
        finds("unresolved");
    }

    @Test
    void aPersistentRateLimit() {
        refused("ada", "k", 429, "rate-limited");
        finds("unresolved");
    }

    @Test
    void aPersistentUnavailableForAnotherQuantity() {
        acknowledged("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 2, 503, false, "{}");
        stored("ada", "k", 1, 1, "placed");
        finds("unresolved");
    }

    @Test
    void aReservationThatVanished() {
        call(Call.Kind.BUY, "ada", "k", 1, 202, false, body("ada", "k", 1, 1).encode());
        finds("reserved, then lost");
    }

    @Test
    void anImpossibleRefusal() {
        refused("ada", "k", 401, "not-authenticated");
        finds("refusal");
    }

    @Test
    void anInternalError() {
        refused("ada", "k", 500, "internal");
        finds("internal");
    }

    @Test
    void soldOutWhileAUnitWasFree() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        refused("bob", "k", 409, "sold-out");
        finds("sold out");
    }

    @Test
    void insufficientStockWhileThereWasEnough() {
        call(Call.Kind.BUY, "ada", "k", 2, 409, false, "{\"code\":\"insufficient-stock\"}");
        finds("sold out");
    }

    private void soldOutAfterACancellation() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 2);
        cancelled("ada", "k");
        stored("ada", "k", 1, 1, "cancelled");
        stored("bob", "k", 1, 2, "placed");
    }

    @Test
    void soldOutThoughAUnitWasReturned() {
        soldOutAfterACancellation();
        refused("eve", "k", 409, "sold-out");
        finds("sold out");
    }

    @Test
    void soldOutAfterACancellationThatMayHaveTimedOutInRedis() {
        slowCancellation();
        refused("eve", "k", 409, "sold-out");
        assertEquals(List.of(), check());
    }

    @Test
    void soldOutLongAfterACancellationThatTimedOutInRedis() {
        slowCancellation();
        now += 20 * SECOND;
        refused("eve", "k", 409, "sold-out");
        finds("sold out");
    }

    private void slowCancellation() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 2);
        duration = Holdings.SHORTEST_TIME_OUT;
        cancelled("ada", "k");
        duration = 1;
        stored("ada", "k", 1, 1, "cancelled");
        stored("bob", "k", 1, 2, "placed");
    }

    @Test
    void soldOutWhileAReturnedUnitMayBePending() {
        history.faultAt(0, "fault");
        soldOutAfterACancellation();
        refused("eve", "k", 409, "sold-out");
        assertEquals(List.of(), check());
    }

    @Test
    void soldOutLongAfterAUnitWasReturned() {
        history.faultAt(0, "fault");
        soldOutAfterACancellation();
        now += 20 * SECOND;
        refused("eve", "k", 409, "sold-out");
        finds("sold out");
    }

    @Test
    void soldOutAfterBothStoresAgreed() {
        history.faultAt(0, "fault");
        soldOutAfterACancellation();
        history.agreedAt(now, List.of(snapshot()));
        refused("eve", "k", 409, "sold-out");
        finds("sold out");
    }

    @Test
    void soldOutWhileARedisThatLostDataReservesAgainForACancelledOrder() {
        history.faultAt(0, "fault");
        soldOutAfterACancellation();
        history.agreedAt(now, List.of(snapshot()));
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1).encode());
        now -= 10;
        refused("eve", "k", 409, "sold-out");
        assertEquals(List.of(), check());
    }

    private void soldOutBesideARetry() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1).encode());
        now -= 10;
        refused("eve", "k", 409, "sold-out");
    }

    @Test
    void soldOutWhileARedisThatLostDataReservesAgainForALiveOrder() {
        history.faultAt(0, "fault");
        soldOutBesideARetry();
        assertEquals(List.of(), check());
    }

    @Test
    void soldOutBesideARetryThatReservesNothing() {
        soldOutBesideARetry();
        finds("sold out");
    }

    @Test
    void soldOutThoughTheStockWasRaised() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 2);
        edited(3, 200);
        refused("eve", "k", 409, "sold-out");
        unitCount = 3;
        onSale = 3;
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        finds("sold out");
    }

    @Test
    void soldOutWhileAnEditMayHaveTakenTheRest() {
        acknowledged("ada", "k", 1, 1);
        edited(1, 503);
        refused("eve", "k", 409, "sold-out");
        stored("ada", "k", 1, 1, "placed");
        assertEquals(List.of(), check());
    }

    @Test
    void theLimitReportedToABuyerWithoutUnits() {
        refused("ada", "k", 409, "purchase-limit-reached");
        finds("limit told");
    }

    @Test
    void theLimitReportedToABuyerWhoReturnedEverything() {
        acknowledged("ada", "k", 1, 1);
        cancelled("ada", "k");
        refused("ada", "l", 409, "purchase-limit-reached");
        stored("ada", "k", 1, 1, "cancelled");
        finds("limit told");
    }

    @Test
    void theLimitReportedWithoutALimit() {
        limit = 0;
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        refused("ada", "l", 409, "purchase-limit-reached");
        finds("limit told");
    }

    private Checker.Verdict judgeWithDataLoss() {
        return Checker.judge(history, snapshot(), 2, true);
    }

    @Test
    void aLostOrderThatCountsTowardsTheLimitIsKnown() {
        limit = 2;
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        history.faultAt(now, "Redis loses data");
        refused("ada", "l", 409, "purchase-limit-reached");
        assertEquals(List.of(), judgeWithDataLoss().violations());
        assertEquals(
                Map.of(KnownViolation.LOST_ORDER_COUNTS_TOWARDS_LIMIT, 1),
                judgeWithDataLoss().known());
        finds("limit told");
    }

    @Test
    void theLimitReportedTooEarlyIsKnownOnlyAfterDataLoss() {
        limit = 2;
        refused("eve", "k", 409, "purchase-limit-reached");
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        refused("ada", "before", 409, "purchase-limit-reached");
        history.faultAt(now, "Redis loses data");
        refused("bob", "nothing-held", 409, "purchase-limit-reached");
        history.agreedAt(now, List.of(snapshot()));
        refused("ada", "after", 409, "purchase-limit-reached");
        assertEquals(4, judgeWithDataLoss().violations().size());
        assertEquals(Map.of(), judgeWithDataLoss().known());
    }

    @Test
    void anUnconfirmedResponseAfterAConfirmedOneIsKnown() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        history.faultAt(now, "Redis loses data");
        call(Call.Kind.BUY, "ada", "k", 1, 202, false, body("ada", "k", 1, 2).encode());
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1).encode());
        assertEquals(List.of(), judgeWithDataLoss().violations());
        assertEquals(
                Map.of(KnownViolation.UNCONFIRMED_ANSWER_AFTER_A_CONFIRMED_ONE, 1),
                judgeWithDataLoss().known());
        finds("replay");
    }

    @Test
    void aRefusalThatIsTrustedWithoutMongoDbIsKnown() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        history.faultAt(now, "begin MONGO_KILLED");
        refused("ada", "k", 409, "sold-out");
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1).encode());
        assertEquals(1, judgeWithDataLoss().known().get(KnownViolation.REFUSAL_TRUSTED_WITHOUT_MONGODB));
        assertTrue(judgeWithDataLoss().violations().stream().noneMatch(each -> each.startsWith("replay")));
        finds("replay");
    }

    @Test
    void aRefusalIsNotKnownWithAReachableMongoDb() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        history.faultAt(now, "begin REDIS_FLUSHED");
        history.faultAt(now, "begin MONGO_KILLED");
        history.faultAt(now + 1, "end MONGO_KILLED");
        now += 10 * SECOND;
        refused("ada", "k", 409, "sold-out");
        assertTrue(judgeWithDataLoss().violations().stream().anyMatch(each -> each.startsWith("replay")));
        assertEquals(Map.of(), judgeWithDataLoss().known());
    }

    @Test
    void anUnmarkedConfirmedReplayIsNeverKnown() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        history.faultAt(now, "Redis loses data");
        acknowledged("ada", "k", 1, 1);
        assertEquals(1, judgeWithDataLoss().violations().size());
        assertEquals(Map.of(), judgeWithDataLoss().known());
    }

    @Test
    void aBuyerWhoIsLockedOut() {
        acknowledged("ada", "k", 1, 1);
        acknowledged("bob", "k", 1, 2);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        refused("eve", RefusalRules.MUST_SUCCEED + "k", 409, "sold-out");
        finds("locked out");
    }

    @Test
    void aCancellationThatDidNotStand() {
        acknowledged("ada", "k", 1, 1);
        cancelled("ada", "k");
        stored("ada", "k", 1, 1, "placed");
        finds("cancelled");
    }

    @Test
    void aCancellationWithoutARequest() {
        acknowledged("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "cancelled");
        finds("cancelled");
    }

    @Test
    void anOrderLeftInTheOutbox() {
        outbox.add("ada-k");
        finds("accounts");
    }

    @Test
    void moreCallsThanTheLimitAdmits() {
        for (int i = 0; i < 4; i++) {
            refused("ada", "k" + i, 409, "sold-out");
        }
        assertEquals(List.of(), Checker.checkRateLimit(history, 4, 1_000));
        assertEquals(1, Checker.checkRateLimit(history, 3, 1_000).size());
    }

    @Test
    void rateLimitedCallsAreNotCounted() {
        for (int i = 0; i < 4; i++) {
            refused("ada", "k" + i, i < 3 ? 409 : 429, i < 3 ? "sold-out" : "rate-limited");
        }
        assertEquals(List.of(), Checker.checkRateLimit(history, 3, 1_000));
    }
}
