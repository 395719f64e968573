package io.flashsale.catalog;

import io.flashsale.domain.Product;
import io.flashsale.redis.Keys;
import io.flashsale.redis.RedisGateway;
import io.flashsale.redis.Script;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches single products in Redis. An older version never replaces a newer one.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class ProductCache {
    private static final Logger LOG = LoggerFactory.getLogger(ProductCache.class);
    /** Long enough to protect MongoDB from a flood of made-up ids, short enough not to fill Redis. */
    private static final Duration UNKNOWN_TTL = Duration.ofSeconds(5);
    /** Fraction of the time to live after which an entry is refreshed while it is still served. */
    private static final double STALE_AFTER = 0.9;
    /** Spreads the expiry of entries that are written at the same moment, which prevents a cache stampede. */
    private static final double JITTER = 0.2;

    private final RedisGateway redis;
    private final Catalog.Settings settings;
    private final Clock clock;
    private final Script fill = Script.load("fill-1");

    /**
     * Holds the result of a lookup.
     *
     * @param found whether there is an entry
     * @param product empty for an id that is not in MongoDB; a tombstone for a deleted product
     * @param stale whether the entry should be refreshed
     */
    record Entry(boolean found, Optional<Product> product, boolean stale) {
        private static final Entry NONE = new Entry(false, Optional.empty(), false);
        private static final Entry UNKNOWN_PRODUCT = new Entry(true, Optional.empty(), false);

        /**
         * Returns whether the entry may be served. Unknown ids and tombstones are always served; any other product only
         * if its certified sale has no newer version.
         */
        boolean isUsable(LiveSaleReader.LiveSale sale) {
            return found
                    && product.map(it -> it.deleted() || sale.isCurrent(it)).orElse(true);
        }
    }

    ProductCache(RedisGateway redis, Catalog.Settings settings, Clock clock) {
        this.redis = redis;
        this.settings = settings;
        this.clock = clock;
    }

    /** Looks a product up; never fails. */
    Future<Entry> read(String productId) {
        return redis.send("GET", Keys.productCache(productId))
                .map(reply -> reply.isNil() ? Entry.NONE : decode(productId, reply.asString()))
                .otherwise(Entry.NONE);
    }

    /**
     * Caches the product that MongoDB has under an id, or its absence, unless the cache has a newer version.
     *
     * @return fails if Redis does not answer
     */
    Future<Void> write(String productId, Optional<Product> product) {
        if (product.isEmpty()) {
            return write(productId, 0, "0 0 ", UNKNOWN_TTL.toMillis());
        }
        Product known = product.get();
        double jitter = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
        long ttlMillis = (long) (settings.ttlOf(known.details()).toMillis() * jitter);
        long staleAtMillis = clock.millis() + (long) (ttlMillis * STALE_AFTER);
        String entry = known.version() + " " + staleAtMillis + " " + ProductCacheCodec.encode(known);
        return write(productId, known.version(), entry, ttlMillis);
    }

    private Future<Void> write(String productId, long version, String entry, long ttlMillis) {
        return redis.run(
                        fill,
                        List.of(Keys.productCache(productId)),
                        List.of(String.valueOf(version), entry, String.valueOf(ttlMillis)))
                .mapEmpty();
    }

    private Entry decode(String productId, String text) {
        try {
            String[] parts = text.split(" ", 3);
            if (parts[2].isEmpty()) {
                return Entry.UNKNOWN_PRODUCT;
            }
            Product product = ProductCacheCodec.decode(parts[2]);
            return new Entry(true, Optional.of(product), clock.millis() > Long.parseLong(parts[1]));
        } catch (RuntimeException e) {
            // Perhaps written by another release: MongoDB has the product, and the next write replaces the entry.
            LOG.atDebug().addKeyValue("productId", productId).log("cached product unreadable");
            return Entry.NONE;
        }
    }
}
