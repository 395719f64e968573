package io.flashsale.catalog;

import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.domain.ProductIds;
import io.flashsale.domain.Requirements;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads products with their live stock, creates them, and deletes them.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
public final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final ProductStore products;
    private final OrderStore orders;
    private final ProductReader reader;
    private final SalePort sale;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * Sets how long the cache keeps entries. That bounds memory and not staleness: edits reach the cache before they
     * are answered.
     *
     * @param catalogue names the list of products, since a Redis may serve several databases
     * @param ttl time to live of a product whose type has none of its own, 5 to 60 minutes
     * @param ttlByType time to live of the products of a type, 5 to 60 minutes
     * @param listTtl time to live of the pages of the list, 5 to 60 minutes
     * @param maxLoads concurrent reads of different products, or of different pages, from MongoDB; one more is refused
     */
    public record Settings(
            String catalogue, Duration ttl, Map<String, Duration> ttlByType, Duration listTtl, int maxLoads) {
        private static final Duration MIN_TTL = Duration.ofMinutes(5);
        private static final Duration MAX_TTL = Duration.ofMinutes(60);

        /** Rejects values that are out of range. */
        public Settings {
            ttlByType = Map.copyOf(ttlByType);
            new Requirements()
                    .that(isTtl(ttl), "ttl must be 5m to 60m")
                    .that(ttlByType.values().stream().allMatch(Settings::isTtl), "ttlByType must be 5m to 60m")
                    .that(isTtl(listTtl), "listTtl must be 5m to 60m")
                    .that(maxLoads >= 1, "maxLoads must be at least 1")
                    .check();
        }

        /** Returns the time to live of a product: its own, else that of its type, else the default. */
        Duration ttlOf(ProductDetails details) {
            return details.cacheTtlSeconds() != null
                    ? Duration.ofSeconds(details.cacheTtlSeconds())
                    : ttlByType.getOrDefault(details.type(), ttl);
        }

        private static boolean isTtl(Duration value) {
            return value.compareTo(MIN_TTL) >= 0 && value.compareTo(MAX_TTL) <= 0;
        }
    }

    /** Wires the catalogue to both stores and the running sale. */
    public Catalog(
            Vertx vertx,
            ProductStore products,
            OrderStore orders,
            RedisGateway redis,
            SalePort sale,
            Settings settings,
            Clock clock) {
        this.products = products;
        this.orders = orders;
        this.reader = new ProductReader(vertx, products, redis, settings, clock);
        this.sale = sale;
        this.clock = clock;
    }

    /** Finds a product; empty if it is unknown or was deleted. */
    public Future<Optional<ProductView>> find(String productId) {
        return ProductIds.isWellFormed(productId) ? reader.find(productId) : Future.succeededFuture(Optional.empty());
    }

    /** Lists the products, newest first. */
    public Future<Page<ProductView>> list(String cursor, int limit) {
        return reader.list(cursor, limit);
    }

    /** Returns those of the given products for which the user holds an order. */
    public Future<Set<String>> purchasedBy(String userId, List<String> productIds) {
        return productIds.isEmpty() ? Future.succeededFuture(Set.of()) : orders.productsHeldBy(userId, productIds);
    }

    /** Adds a product and opens its sale. */
    public Future<ProductView> create(ProductDetails details) {
        Product product = Product.create(
                ProductIds.random(random), details, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return products.insert(product)
                .compose(inserted -> Future.join(sale.open(product.id()), reader.listChanged())
                        .<Void>mapEmpty()
                        .recover(failure -> {
                            // The product is stored: the reconciler or the first buyer triggers the recovery of its
                            // sale.
                            LOG.atWarn().addKeyValue("productId", product.id()).log("opening the sale failed");
                            return Future.succeededFuture();
                        }))
                .compose(opened -> view(product));
    }

    /**
     * Hides a product and closes its sale; its orders stay.
     *
     * @return its tombstone; empty if the product is unknown or was deleted before
     */
    public Future<Change<Optional<Product>>> delete(String productId) {
        return products.find(productId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(new Change<>(Optional.empty(), true));
            }
            if (found.get().deleted()) {
                // Perhaps a retry of a deletion that did not reach every node.
                return hide(found.get()).map(hidden -> new Change<>(Optional.empty(), hidden));
            }
            Product tombstone = found.get().tombstone(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            return products.replace(tombstone)
                    .compose(replaced -> replaced
                            ? hide(tombstone).map(hidden -> new Change<>(Optional.of(tombstone), hidden))
                            : delete(productId));
        });
    }

    /** Returns the number of reads of products and pages that the cache answered since the start. */
    public long hits() {
        return reader.hits();
    }

    /** Returns the number of reads of products and pages that the cache did not answer since the start. */
    public long misses() {
        return reader.misses();
    }

    /**
     * Propagates a version of a product to the cache and the sale, which all nodes use.
     *
     * @return whether both have this version, or a newer one; otherwise Redis gets it once it answers; never fails
     */
    Future<Boolean> propagate(Product product) {
        // Both are needed: a node uses the cache unless the sale has a newer version.
        Future<Boolean> sold = sale.configure(product)
                .map(true)
                .onFailure(failure -> LOG.atWarn()
                        .addKeyValue("productId", product.id())
                        .addKeyValue("reason", failure.getMessage())
                        .log("propagating the edit to the sale failed"))
                .otherwise(false);
        return Future.all(reader.changed(product), sold)
                .map(both -> both.<Boolean>resultAt(0) && both.<Boolean>resultAt(1));
    }

    /** Joins a product with its live stock. */
    Future<ProductView> view(Product product) {
        return reader.view(product);
    }

    private Future<Boolean> hide(Product tombstone) {
        // A page that still lists the product does not show it, so only the product itself has to be propagated.
        return Future.all(propagate(tombstone), reader.listChanged()).map(both -> both.resultAt(0));
    }
}
