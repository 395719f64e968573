package io.flashsale.catalog;

import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads products through the cache, and joins each with its running sale.
 *
 * <p>All nodes share the cache in Redis; a node itself holds only the reads in progress. Without Redis, products are
 * read from MongoDB, and concurrent reads of the same product or page share one flight.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
final class ProductReader {
    /** Cache misses of a page that are read one by one; with more, the whole page is read from MongoDB. */
    private static final int MAX_SINGLE_LOADS = 4;

    private final ProductStore store;
    private final LiveSaleReader sales;
    private final ProductCache cache;
    private final PageCache pages;
    private final CacheWriteRetrier cacheWrites;
    private final SingleFlight<Optional<Product>> productFlights;
    private final SingleFlight<Page<Product>> pageFlights;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** Holds what Redis has of a product: its cache entry and its sale. */
    private record Lookup(String productId, ProductCache.Entry entry, LiveSaleReader.LiveSale sale) {
        boolean isUsable() {
            return entry.isUsable(sale);
        }
    }

    ProductReader(Vertx vertx, ProductStore store, RedisGateway redis, Catalog.Settings settings, Clock clock) {
        this.store = store;
        this.sales = new LiveSaleReader(redis);
        this.cache = new ProductCache(redis, settings, clock);
        this.pages = new PageCache(redis, settings);
        this.cacheWrites = new CacheWriteRetrier(vertx, cache, pages);
        this.productFlights = new SingleFlight<>(clock, settings.maxLoads());
        this.pageFlights = new SingleFlight<>(clock, settings.maxLoads());
    }

    /** Finds a product; empty if it is unknown or was deleted. */
    Future<Optional<ProductView>> find(String productId) {
        return lookup(productId).compose(this::resolve);
    }

    /** Lists the products that are not deleted, newest first. */
    Future<Page<ProductView>> list(String cursor, int limit) {
        String name = limit + ":" + Objects.requireNonNullElse(cursor, "");
        return pages.read(name).compose(found -> {
            if (found.ids() == null) {
                return loadPage(name, cursor, limit, found.ticket());
            }
            return Future.all(found.ids().items().stream().map(this::lookup).toList())
                    .compose(all -> {
                        List<Lookup> lookups = all.list();
                        long missing = lookups.stream()
                                .filter(lookup -> !lookup.isUsable())
                                .count();
                        if (missing > MAX_SINGLE_LOADS) {
                            return loadPage(name, cursor, limit, found.ticket());
                        }
                        hits.increment();
                        return resolveAll(lookups, found.ids().next());
                    });
        });
    }

    /** Joins a product with its live stock. */
    Future<ProductView> view(Product product) {
        return sales.read(product.id()).map(sale -> new ProductView(product, sale.remaining(), false));
    }

    /** Caches a newer version of a product; see {@link CacheWriteRetrier#changed}. */
    Future<Boolean> changed(Product product) {
        productFlights.forget(product.id());
        return cacheWrites.changed(product);
    }

    /** Invalidates the pages after a product entered or left the list; never fails. */
    Future<Void> listChanged() {
        pageFlights.forgetAll();
        return cacheWrites.listChanged();
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    private Future<Lookup> lookup(String productId) {
        // Sent together: cache and sale cost one round trip.
        Future<ProductCache.Entry> entry = cache.read(productId);
        Future<LiveSaleReader.LiveSale> sale = sales.read(productId);
        return Future.all(entry, sale).map(read -> new Lookup(productId, entry.result(), sale.result()));
    }

    private Future<Optional<ProductView>> resolve(Lookup lookup) {
        Long remaining = lookup.sale().remaining();
        if (!lookup.isUsable()) {
            misses.increment();
            return load(lookup.productId()).map(found -> toView(found, remaining, false));
        }
        hits.increment();
        if (lookup.entry().stale()) {
            // Not awaited, and a failure is ignored: the entry is still correct.
            load(lookup.productId());
        }
        return Future.succeededFuture(toView(lookup.entry().product(), remaining, true));
    }

    private Future<Page<ProductView>> resolveAll(List<Lookup> lookups, String next) {
        List<Future<Optional<ProductView>>> reads =
                lookups.stream().map(this::resolve).toList();
        return Future.all(reads).map(all -> {
            List<ProductView> views = new ArrayList<>(reads.size());
            // Leave out products that were deleted after the page was cached.
            reads.forEach(read -> read.result().ifPresent(views::add));
            return new Page<>(views, next);
        });
    }

    private static Optional<ProductView> toView(Optional<Product> found, Long remaining, boolean hit) {
        return found.filter(product -> !product.deleted()).map(product -> new ProductView(product, remaining, hit));
    }

    private Future<Optional<Product>> load(String productId) {
        return productFlights.join(productId, () -> store.find(productId), found -> cache.write(productId, found));
    }

    private Future<Page<ProductView>> loadPage(String name, String cursor, int limit, PageCache.Ticket ticket) {
        misses.increment();
        return pageFlights
                .join(name, () -> store.list(cursor, limit), page -> cachePage(name, page, ticket))
                .compose(this::join);
    }

    private Future<Page<ProductView>> join(Page<Product> page) {
        return sales.read(page.items().stream().map(Product::id).toList()).map(read -> {
            List<ProductView> views = new ArrayList<>(read.size());
            for (int i = 0; i < read.size(); i++) {
                views.add(new ProductView(page.items().get(i), read.get(i).remaining(), false));
            }
            return new Page<>(views, page.next());
        });
    }

    private Future<Void> cachePage(String name, Page<Product> page, PageCache.Ticket ticket) {
        List<String> ids = page.items().stream().map(Product::id).toList();
        List<Future<Void>> writes = new ArrayList<>();
        writes.add(pages.write(name, new Page<>(ids, page.next()), ticket));
        if (ticket != null) {
            page.items().forEach(product -> writes.add(cache.write(product.id(), Optional.of(product))));
        }
        return Future.join(writes).mapEmpty();
    }
}
