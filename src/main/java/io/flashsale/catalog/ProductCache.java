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
 * Single products in Redis, by version: an older one never replaces a newer one.
 *
 * <p>Belongs to the event loop of its link.
 */
final class ProductCache {
    private static final Logger LOG = LoggerFactory.getLogger(ProductCache.class);
    /** Long enough for a flood of made-up ids to spare MongoDB, short enough for it not to fill Redis. */
    private static final Duration UNKNOWN_TTL = Duration.ofSeconds(5);
    /** Part of the time to live after which an entry is renewed while it is still served. */
    private static final double STALE_AFTER = 0.9;
    /** Entries made in one moment must not end in one moment. */
    private static final double JITTER = 0.2;

    private final RedisGateway redis;
    private final Catalog.Settings settings;
    private final Clock clock;
    private final Script fill = Script.load("fill-1");

    /**
     * What the cache knows.
     *
     * @param found whether it knows anything
     * @param product empty for an id that MongoDB does not know; a tombstone for one that was deleted
     * @param stale whether it should be renewed
     */
    record Entry(boolean found, Optional<Product> product, boolean stale) {
        private static final Entry NONE = new Entry(false, Optional.empty(), false);
        private static final Entry UNKNOWN_PRODUCT = new Entry(true, Optional.empty(), false);

        /**
         * Whether the entry may be shown. That an id is unknown, or its product deleted, is final; anything else counts
         * only as long as the sale does not sell under a newer version.
         */
        boolean counts(LiveSaleReader.LiveSale sale) {
            return found
                    && product.map(it -> it.deleted() || sale.vouchesFor(it)).orElse(true);
        }
    }

    ProductCache(RedisGateway redis, Catalog.Settings settings, Clock clock) {
        this.redis = redis;
        this.settings = settings;
        this.clock = clock;
    }

    /** What the cache knows of a product; never fails. */
    Future<Entry> read(String productId) {
        return redis.send("GET", Keys.productCache(productId))
                .map(reply -> reply.isNil() ? Entry.NONE : decode(productId, reply.asString()))
                .otherwise(Entry.NONE);
    }

    /**
     * Keeps what MongoDB said of an id, unless the cache knows better.
     *
     * @return fails where Redis does not answer
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
            // Of another release, perhaps: MongoDB has the product, and the next fill repairs the entry.
            LOG.atDebug().addKeyValue("productId", productId).log("unreadable cache entry");
            return Entry.NONE;
        }
    }
}
