package io.flashsale.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DomainTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private static ProductDetails details(Instant opensAt, Instant closesAt, boolean paused) {
        return new ProductDetails("Thing", "", "standard", 100, "USD", 5, 1, opensAt, closesAt, paused, null);
    }

    private static SaleState state(Instant opensAt, Instant closesAt, boolean paused, Long remaining) {
        return SaleState.of(Product.create("p", details(opensAt, closesAt, paused), NOON), remaining, NOON);
    }

    @Test
    void theFirstStateThatAppliesIsReported() {
        Instant before = NOON.minusSeconds(1);
        Instant after = NOON.plusSeconds(1);
        assertEquals(SaleState.CLOSED, state(before.minusSeconds(1), NOON, true, 0L));
        assertEquals(SaleState.PAUSED, state(after, null, true, 0L));
        assertEquals(SaleState.SCHEDULED, state(after, null, false, 0L));
        assertEquals(SaleState.SOLD_OUT, state(NOON, after, false, 0L));
        assertEquals(SaleState.OPEN, state(NOON, after, false, 1L));
        assertEquals(SaleState.OPEN, state(null, null, false, null), "unknown is not sold out");
        assertEquals("sold-out", SaleState.SOLD_OUT.wireName());
    }

    @Test
    void anOrderIdIsAFunctionOfTheRequest() {
        IdempotencyKey key = new IdempotencyKey("k");
        String id = OrderIds.of("user", "product", key);
        assertEquals(id, OrderIds.of("user", "product", new IdempotencyKey("k")));
        assertNotEquals(id, OrderIds.of("userp", "roduct", key), "parts must not run together");
        assertNotEquals(id, OrderIds.of("user", "product", new IdempotencyKey("K")));
        assertEquals(Optional.of("product"), OrderIds.productOf(id));
        assertEquals(Optional.empty(), OrderIds.productOf("nothing"));
        assertEquals(Optional.empty(), OrderIds.productOf("{x}-abc"));
    }

    @Test
    void productIdsAreSafeInKeysAndPathsAndUnique() {
        Random random = new Random(7);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String id = ProductIds.random(random);
            assertTrue(ProductIds.isWellFormed(id), id);
            assertTrue(ids.add(id));
        }
        assertFalse(ProductIds.isWellFormed("{x}"));
        assertFalse(ProductIds.isWellFormed(""));
    }

    @Test
    void base32FollowsTheRfc() {
        // RFC 4648 section 10, in lower case and without padding.
        assertEquals("mzxw6ytboi", Digests.base32("foobar".getBytes(java.nio.charset.StandardCharsets.UTF_8), 6));
        assertEquals("my", Digests.base32("f".getBytes(java.nio.charset.StandardCharsets.UTF_8), 1));
    }

    @Test
    void idempotencyKeysArePrintableAscii() {
        assertTrue(IdempotencyKey.isValid(" ~{}"));
        assertTrue(IdempotencyKey.isValid("k".repeat(255)));
        assertFalse(IdempotencyKey.isValid("k".repeat(256)));
        assertFalse(IdempotencyKey.isValid(""));
        assertFalse(IdempotencyKey.isValid("a\tb"));
        assertFalse(IdempotencyKey.isValid("\u00fc"));
    }

    @Test
    void anOrderTakesOnlyTheDefinedTransitions() {
        assertTrue(OrderStatus.RESERVED.canBecome(OrderStatus.PLACED));
        assertTrue(OrderStatus.RESERVED.canBecome(OrderStatus.FAILED));
        assertTrue(OrderStatus.PLACED.canBecome(OrderStatus.CANCELLED));
        assertTrue(OrderStatus.FAILED.canBecome(OrderStatus.PLACED));
        for (OrderStatus next : OrderStatus.values()) {
            assertFalse(OrderStatus.CANCELLED.canBecome(next));
            assertEquals(next, OrderStatus.ofWireName(next.wireName()));
        }
    }

    @Test
    void anInconsistentOrderCannotBeCreated() {
        assertThrows(IllegalArgumentException.class, () -> order(2, List.of(1), List.of()));
        assertThrows(IllegalArgumentException.class, () -> order(2, List.of(1, 2), List.of(1)));
        Order order = order(2, List.of(7, 9), List.of(1, 2));
        assertEquals(List.of("p#7", "p#9"), order.unitKeys());
        assertEquals(List.of("p#u#1", "p#u#2"), order.buyerKeys());
        assertEquals(200, order.total());
    }

    private static Order order(int quantity, List<Integer> units, List<Integer> slots) {
        return new Order("p-x", "p", "u", "h", quantity, 100, "USD", units, slots, OrderStatus.PLACED, 1, NOON, NOON);
    }

    @Test
    void allFieldsOutOfRangeAreReportedAtOnce() {
        InvalidFieldsException refused = assertThrows(
                InvalidFieldsException.class,
                () -> new ProductDetails("", "x".repeat(5_001), "No", -1, "x", -1, -1, NOON, NOON, false, 1));
        assertEquals(
                List.of(
                        "name",
                        "description",
                        "type",
                        "price",
                        "currency",
                        "stock",
                        "perUserLimit",
                        "closesAt",
                        "cacheTtlSeconds"),
                refused.errors().stream().map(FieldError::field).toList());
    }
}
