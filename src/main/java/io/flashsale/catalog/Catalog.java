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
 * Products, read with what is left of them, and added to and taken off the list.
 *
 * <p>Belongs to the event loop of its link.
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
     * How long reads may be answered from the cache. That is a bound on memory and not on staleness: edits reach the
     * cache before they are answered.
     *
     * @param catalogue names the list of products, since a Redis may serve several databases
     * @param ttl of a product whose type has none of its own, 5 to 60 minutes
     * @param ttlByType of the products of a type, 5 to 60 minutes
     * @param listTtl of the pages of the list, 5 to 60 minutes
     * @param maxLoads reads of different products, or pages, that may wait for MongoDB at once; one more is refused
     */
    public record Settings(
            String catalogue, Duration ttl, Map<String, Duration> ttlByType, Duration listTtl, int maxLoads) {
        private static final Duration MIN_TTL = Duration.ofMinutes(5);
        private static final Duration MAX_TTL = Duration.ofMinutes(60);

        /** Refuses what is out of range. */
        public Settings {
            ttlByType = Map.copyOf(ttlByType);
            new Requirements()
                    .that(isTtl(ttl), "ttl must be 5m to 60m")
                    .that(ttlByType.values().stream().allMatch(Settings::isTtl), "ttlByType must be 5m to 60m")
                    .that(isTtl(listTtl), "listTtl must be 5m to 60m")
                    .that(maxLoads >= 1, "maxLoads must be at least 1")
                    .check();
        }

        /** How long a product may be kept: its own time, else that of its type, else the default. */
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

    /** The product; empty for one that is unknown or was deleted. */
    public Future<Optional<ProductView>> find(String productId) {
        return ProductIds.isWellFormed(productId) ? reader.find(productId) : Future.succeededFuture(Optional.empty());
    }

    /** The products, newest first. */
    public Future<Page<ProductView>> list(String cursor, int limit) {
        return reader.list(cursor, limit);
    }

    /** Which of these products the user holds an order for. */
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
                            // The product stands: the reconciler, or the first buyer, has its sale recovered.
                            LOG.atWarn().addKeyValue("productId", product.id()).log("sale not opened yet");
                            return Future.succeededFuture();
                        }))
                .compose(opened -> view(product));
    }

    /**
     * Hides a product and closes its sale; its orders stay.
     *
     * @return its tombstone; empty for one that is unknown or was deleted before
     */
    public Future<Change<Optional<Product>>> delete(String productId) {
        return products.find(productId).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture(new Change<>(Optional.empty(), true));
            }
            if (found.get().deleted()) {
                // Perhaps by one who could not have it hidden everywhere, and asks again.
                return hide(found.get()).map(hidden -> new Change<>(Optional.empty(), hidden));
            }
            Product tombstone = found.get().tombstone(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            return products.replace(tombstone)
                    .compose(replaced -> replaced
                            ? hide(tombstone).map(hidden -> new Change<>(Optional.of(tombstone), hidden))
                            : delete(productId));
        });
    }

    /** Reads of products and of pages that the cache answered, since the start. */
    public long hits() {
        return reader.hits();
    }

    /** Reads of products and of pages that it did not answer, since the start. */
    public long misses() {
        return reader.misses();
    }

    /**
     * Has every node show this version, or a newer one, and sell by it.
     *
     * @return whether that is so now; what Redis misses it is given when it answers; never fails
     */
    Future<Boolean> propagate(Product product) {
        // Both: a node believes the cache unless the sale is newer.
        Future<Boolean> sold = sale.configure(product)
                .map(true)
                .onFailure(failure -> LOG.atWarn()
                        .addKeyValue("productId", product.id())
                        .addKeyValue("reason", failure.getMessage())
                        .log("edit not handed on to the sale yet"))
                .otherwise(false);
        return Future.all(reader.changed(product), sold)
                .map(both -> both.<Boolean>resultAt(0) && both.<Boolean>resultAt(1));
    }

    /** The product with what is left of it now. */
    Future<ProductView> view(Product product) {
        return reader.view(product);
    }

    private Future<Boolean> hide(Product tombstone) {
        // A page that still names the product does not show it: only the product itself has to be known as deleted.
        return Future.all(propagate(tombstone), reader.listChanged()).map(both -> both.resultAt(0));
    }
}
