package io.flashsale.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Small histories, each with one thing wrong. */
class CheckerTest {
    private static final String PRODUCT = "p";

    private final History history = new History();
    private final List<Truth.Order> orders = new ArrayList<>();
    private final Map<Integer, String> holders = new HashMap<>();
    private long now;
    private int outbox;
    private int limit = 1;

    private static String body(String buyer, String key, int quantity, int unit) {
        return new JsonObject()
                .put("orderId", buyer + "-" + key)
                .put("quantity", quantity)
                .put("units", units(quantity, unit))
                .encode();
    }

    private static JsonArray units(int quantity, int unit) {
        JsonArray units = new JsonArray();
        IntStream.range(unit, unit + quantity).forEach(units::add);
        return units;
    }

    private void call(
            Call.Kind kind, String buyer, String key, int quantity, int status, boolean replayed, String body) {
        history.add(new Call(kind, buyer, 0, PRODUCT, key, quantity, now + 1, now + 2, status, replayed, body));
        now += 10;
    }

    private void told(String buyer, String key, int quantity, int unit) {
        call(Call.Kind.BUY, buyer, key, quantity, 201, false, body(buyer, key, quantity, unit));
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

    private void stored(String buyer, String key, int quantity, int unit, String status) {
        List<Integer> units = IntStream.range(unit, unit + quantity).boxed().toList();
        orders.add(new Truth.Order(buyer + "-" + key, buyer, quantity, units, status));
        if (status.equals("placed")) {
            units.forEach(each -> holders.put(each, buyer + "-" + key));
        }
    }

    /** What the checker says of a product of two units, of which Redis knows what MongoDB knows. */
    private List<String> check() {
        Map<String, String> sale = Map.of("certifiedBy", "x", "issued", "2");
        List<String> free = IntStream.rangeClosed(1, 2)
                .filter(unit -> !holders.containsKey(unit))
                .mapToObj(String::valueOf)
                .toList();
        Truth truth = new Truth(PRODUCT, 2, 2, limit, orders, (long) free.size(), sale, free, holders, outbox);
        return Checker.check(history, truth, 2, false);
    }

    private void finds(String rule) {
        List<String> found = check();
        assertTrue(found.stream().anyMatch(each -> each.startsWith(rule)), found.toString());
    }

    @Test
    void nothingIsWrong() {
        told("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 1));
        told("bob", "k", 1, 2);
        refused("eve", "k", 409, "sold-out");
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        assertEquals(List.of(), check());
    }

    @Test
    void aUnitSoldTwice() {
        told("ada", "k", 1, 1);
        told("bob", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 1, "placed");
        finds("sold twice");
    }

    @Test
    void aUnitPromisedTwiceThoughStoredOnce() {
        told("ada", "k", 1, 1);
        told("bob", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        stored("bob", "k", 1, 2, "placed");
        finds("sold twice");
    }

    @Test
    void moreSoldThanPutOnSale() {
        limit = 0;
        stored("ada", "k", 3, 1, "placed");
        finds("oversold");
    }

    @Test
    void moreThanTheLimit() {
        stored("ada", "k", 1, 1, "placed");
        stored("ada", "l", 1, 2, "placed");
        finds("limit");
    }

    @Test
    void aLostOrder() {
        told("ada", "k", 1, 1);
        finds("lost");
    }

    @Test
    void anotherOrderThanWasTold() {
        told("ada", "k", 1, 1);
        stored("ada", "k", 1, 2, "placed");
        finds("lost");
    }

    @Test
    void aWinnersRetryRefused() {
        told("ada", "k", 1, 1);
        refused("ada", "k", 409, "sold-out");
        stored("ada", "k", 1, 1, "placed");
        finds("replay");
    }

    @Test
    void aRetryThatIsNotSaidToBeOne() {
        told("ada", "k", 1, 1);
        told("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        finds("replay");
    }

    @Test
    void twoAnswersUnderOneKey() {
        told("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 1, 201, true, body("ada", "k", 1, 2));
        stored("ada", "k", 1, 1, "placed");
        finds("one key, one order");
    }

    @Test
    void anotherRequestUnderAKey() {
        told("ada", "k", 1, 1);
        call(Call.Kind.BUY, "ada", "k", 2, 409, false, "{\"code\":\"sold-out\"}");
        stored("ada", "k", 1, 1, "placed");
        finds("key reused");
    }

    @Test
    void anAnswerThatNeverCame() {
        refused("ada", "k", 503, "unavailable");
        finds("unresolved");
    }

    @Test
    void aReservationThatVanished() {
        call(Call.Kind.BUY, "ada", "k", 1, 202, false, body("ada", "k", 1, 1));
        finds("reserved, then lost");
    }

    @Test
    void soldOutWhileSomethingWasFree() {
        told("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        refused("bob", "k", 409, "sold-out");
        finds("sold out");
    }

    @Test
    void aCancellationThatDidNotStand() {
        told("ada", "k", 1, 1);
        call(Call.Kind.CANCEL, "ada", "ada-k", 0, 200, false, "{}");
        stored("ada", "k", 1, 1, "placed");
        finds("cancelled");
    }

    @Test
    void aCancellationNobodyAskedFor() {
        told("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "cancelled");
        finds("cancelled");
    }

    @Test
    void whatIsLeftToRepair() {
        outbox = 1;
        finds("accounts");
    }

    @Test
    void unitsThatRedisDoesNotKnow() {
        told("ada", "k", 1, 1);
        stored("ada", "k", 1, 1, "placed");
        holders.put(1, "somebody else");
        finds("accounts");
    }

    @Test
    void moreCallsThanTheLimitAdmits() {
        for (int i = 0; i < 4; i++) {
            refused("ada", "k" + i, 409, "sold-out");
        }
        assertEquals(List.of(), Checker.checkAdmission(history, 4, 1_000));
        assertEquals(1, Checker.checkAdmission(history, 3, 1_000).size());
    }
}
