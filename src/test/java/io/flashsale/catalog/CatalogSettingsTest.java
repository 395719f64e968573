package io.flashsale.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogSettingsTest {
    private static final Duration TTL = Duration.ofMinutes(10);

    private static ProductDetails details(String type, Integer cacheTtlSeconds) {
        Instant opensAt = Instant.parse("2026-01-01T00:00:00.123Z");
        return new ProductDetails(
                "Näme \"1\"", "two\nlines", type, 5, "EUR", 7, 2, opensAt, null, true, cacheTtlSeconds);
    }

    @Test
    void theTimeToLiveOfAProductTakesPrecedenceOverThatOfItsType() {
        // given
        Catalog.Settings settings =
                new Catalog.Settings("shop", TTL, Map.of("evergreen", Duration.ofMinutes(60)), TTL, 10);

        // then
        assertEquals(Duration.ofSeconds(301), settings.ttlOf(details("evergreen", 301)));
        assertEquals(Duration.ofMinutes(60), settings.ttlOf(details("evergreen", null)));
        assertEquals(TTL, settings.ttlOf(details("limited", null)));
    }

    @Test
    void rejectsValuesOutOfRange() {
        refused("ttl must be 5m", Duration.ofSeconds(299), Map.of(), TTL, 10);
        refused("ttlByType must be 5m", TTL, Map.of("limited", Duration.ofMinutes(61)), TTL, 10);
        refused("listTtl must be 5m", TTL, Map.of(), Duration.ofSeconds(299), 10);
        refused("maxLoads must be at least 1", TTL, Map.of(), TTL, 0);
    }

    private static void refused(
            String message, Duration ttl, Map<String, Duration> ttlByType, Duration listTtl, int maxLoads) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> new Catalog.Settings("shop", ttl, ttlByType, listTtl, maxLoads));
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
    }

    @Test
    void theCodecKeepsEveryFieldOfAProduct() {
        // given
        Product product = new Product(
                "p1", details("limited", 300), 9, 3, 4, true, Instant.ofEpochMilli(5), Instant.ofEpochMilli(6));

        // then
        assertEquals(product, ProductCacheCodec.decode(ProductCacheCodec.encode(product)));
    }
}
