package io.flashsale.catalog;

import io.flashsale.persistence.OrderStore;
import io.flashsale.persistence.ProductStore;
import io.flashsale.redis.RedisLink;
import io.flashsale.sale.Page;
import io.flashsale.sale.Product;
import io.flashsale.sale.ProductDetails;
import io.flashsale.sale.ProductIds;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products, read with what is left of them.
 *
 * <p>Belongs to the event loop of its link.
 */
public final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final ProductStore products;
    private final OrderStore orders;
    private final LiveStock stock;
    private final SaleControl sale;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Wires the catalogue to both stores and the running sale. */
    public Catalog(ProductStore products, OrderStore orders, RedisLink link, SaleControl sale, Clock clock) {
        this.products = products;
        this.orders = orders;
        this.stock = new LiveStock(link);
        this.sale = sale;
        this.clock = clock;
    }

    /** The product; empty for one that is unknown or was deleted. */
    public Future<Optional<ProductView>> find(String productId) {
        if (!ProductIds.isWellFormed(productId)) {
            return Future.succeededFuture(Optional.empty());
        }
        Future<Optional<Product>> product = products.find(productId);
        Future<Long> remaining = stock.of(productId);
        return Future.all(product, remaining)
                .map(both -> product.result()
                        .filter(found -> !found.deleted())
                        .map(found -> new ProductView(found, remaining.result(), false)));
    }

    /** The products, newest first. */
    public Future<Page<ProductView>> list(String cursor, int limit) {
        return products.list(cursor, limit)
                .compose(page -> stock.of(page.items().stream().map(Product::id).toList())
                        .map(remaining -> {
                            List<ProductView> views = new ArrayList<>();
                            for (int i = 0; i < remaining.size(); i++) {
                                views.add(new ProductView(page.items().get(i), remaining.get(i), false));
                            }
                            return new Page<>(views, page.next());
                        }));
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
                .compose(inserted -> sale.open(product.id()).recover(failure -> {
                    // The product stands: the reconciler, or the first buyer, has its sale recovered.
                    LOG.atWarn().addKeyValue("productId", product.id()).log("sale not opened yet");
                    return Future.succeededFuture();
                }))
                .compose(opened -> view(product));
    }

    /**
     * Hides a product and closes its sale; its orders stay.
     *
     * @return false for one that is unknown or was deleted before
     */
    public Future<Boolean> delete(String productId) {
        return products.find(productId).compose(found -> {
            if (found.isEmpty() || found.get().deleted()) {
                return Future.succeededFuture(false);
            }
            Product tombstone = found.get().tombstone(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            return products.replace(tombstone)
                    .compose(replaced -> replaced
                            ? sale.configure(tombstone).otherwiseEmpty().map(true)
                            : delete(productId));
        });
    }

    /** The product with what is left of it now. */
    Future<ProductView> view(Product product) {
        return stock.of(product.id()).map(remaining -> new ProductView(product, remaining, false));
    }
}
