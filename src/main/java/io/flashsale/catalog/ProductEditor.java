package io.flashsale.catalog;

import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.domain.StockHold;
import io.flashsale.persistence.product.ProductStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Changes a product over a running sale.
 *
 * <p>Units are numbered 1 to {@code unitCount}. Raising the stock raises {@code unitCount}, in MongoDB first; lowering it is
 * an order by the house, in Redis first, since only Redis knows whether the units are still free. Whatever dies in
 * between, free plus held is always {@code unitCount}; and units that an edit took which then failed are put on sale again
 * by the reconciler, since the product names the withdrawals of the edits that stand.
 */
public final class ProductEditor {
    private static final int TRIES = 5;
    /** Far beyond what may be on sale at once; unit numbers are never used again. */
    private static final long MAX_HIGHEST = 2_000_000_000L;

    private final ProductStore products;
    private final Catalog catalog;
    private final SalePort sale;
    private final Clock clock;

    /** Wires the editor to the catalogue and the running sale. */
    public ProductEditor(ProductStore products, Catalog catalog, SalePort sale, Clock clock) {
        this.products = products;
        this.catalog = catalog;
        this.sale = sale;
        this.clock = clock;
    }

    /**
     * Changes a product.
     *
     * @param edit from the current product to the details wanted; may throw {@link InvalidFieldsException}
     * @param expectedVersion the only version that may be changed, or null for any
     * @return the product after the edit, which stands whether or not it could be handed on; empty for a product that is
     *     unknown or was deleted; fails with {@link VersionConflictException}, {@link SaleNotPausedException} and
     *     {@link InvalidFieldsException}
     */
    public Future<Optional<Change<ProductView>>> update(
            String productId, Function<Product, ProductDetails> edit, Long expectedVersion) {
        return attempt(productId, edit, expectedVersion, TRIES);
    }

    private Future<Optional<Change<ProductView>>> attempt(
            String productId, Function<Product, ProductDetails> edit, Long expectedVersion, int triesLeft) {
        return products.find(productId).compose(found -> {
            if (found.isEmpty() || found.get().deleted()) {
                return Future.succeededFuture(Optional.empty());
            }
            Product current = found.get();
            if (expectedVersion != null && expectedVersion != current.version()) {
                return Future.failedFuture(new VersionConflictException(current.version()));
            }
            ProductDetails wanted = edit.apply(current);
            if (wanted.equals(current.details())) {
                // Perhaps by one whose edit could not be handed on, and who asks again.
                return catalog.propagate(current).compose(propagated -> shown(current, propagated));
            }
            return change(current, wanted).compose(changed -> {
                if (changed.isPresent()) {
                    return Future.succeededFuture(changed);
                }
                return expectedVersion == null && triesLeft > 1
                        ? attempt(productId, edit, null, triesLeft - 1)
                        : Future.failedFuture(new VersionConflictException(current.version() + 1));
            });
        });
    }

    /** Empty where another edit came first. */
    private Future<Optional<Change<ProductView>>> change(Product current, ProductDetails wanted) {
        int added = Math.max(0, wanted.stock() - current.details().stock());
        int withdrawn = Math.max(0, current.details().stock() - wanted.stock());
        if ((long) current.unitCount() + added > MAX_HIGHEST) {
            throw new InvalidFieldsException("stock", "was raised too often; create a new product");
        }
        boolean limitChanges = wanted.perUserLimit() != current.details().perUserLimit();
        Product next = current.next(
                wanted, current.unitCount() + added, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        // Its own name for every attempt: an attempt that lost must not be mistaken for the one that won.
        String reference = "stock-v" + next.version() + "-" + UUID.randomUUID();
        return (limitChanges ? requirePaused(current) : Future.<Void>succeededFuture())
                .compose(allowed -> hold(current, withdrawn, reference))
                .compose(taken -> write(next, withdrawn, reference).compose(replaced -> {
                    if (!replaced) {
                        return sale.giveBack(current.id(), withdrawn, reference).map(Optional.empty());
                    }
                    return catalog.propagate(next).compose(propagated -> shown(next, propagated));
                }));
    }

    private Future<Optional<Change<ProductView>>> shown(Product product, boolean propagated) {
        return catalog.view(product).map(view -> Optional.of(new Change<>(view, propagated)));
    }

    private Future<Boolean> write(Product next, int withdrawn, String reference) {
        return withdrawn == 0 ? products.replace(next) : products.replace(next, new StockHold(reference, withdrawn));
    }

    private Future<Void> hold(Product current, int units, String reference) {
        if (units == 0) {
            return Future.succeededFuture();
        }
        return sale.hold(current.id(), units, reference).compose(enough -> {
            if (enough) {
                return Future.succeededFuture();
            }
            return catalog.view(current).compose(view -> {
                String least = view.remaining() == null
                        ? "the units already sold"
                        : (current.details().stock() - view.remaining()) + ", the units already sold";
                return Future.failedFuture(new InvalidFieldsException("stock", "must be at least " + least));
            });
        });
    }

    private Future<Void> requirePaused(Product current) {
        if (!current.details().paused()) {
            return Future.failedFuture(new SaleNotPausedException());
        }
        return sale.outboxIsEmpty(current.id())
                .compose(empty -> empty ? Future.succeededFuture() : Future.failedFuture(new SaleNotPausedException()));
    }
}
