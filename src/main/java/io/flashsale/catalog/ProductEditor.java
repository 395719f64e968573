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
 * Edits a product during its sale.
 *
 * <p>Units are numbered 1 to {@code unitCount}. Raising the stock raises {@code unitCount}, in MongoDB first. Lowering
 * the stock places a stock hold, in Redis first, since only Redis has the free units. A crash in between never changes
 * the invariant: free units plus held units are {@code unitCount}. The product lists the stock holds of all written
 * edits, so that the reconciler can release the hold of an edit that failed.
 */
public final class ProductEditor {
    private static final int MAX_ATTEMPTS = 5;
    /** Far above the maximum stock, since unit numbers are never reused. */
    private static final long MAX_UNIT_COUNT = 2_000_000_000L;

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
     * Edits a product.
     *
     * @param edit maps the current product to the new details; may throw {@link InvalidFieldsException}
     * @param expectedVersion the version that the edit requires, or null for any
     * @return the product after the edit, which is stored even if it was not propagated; empty if the product is
     *     unknown or was deleted; fails with {@link VersionConflictException}, {@link SaleNotPausedException} or {@link
     *     InvalidFieldsException}
     */
    public Future<Optional<Change<ProductView>>> update(
            String productId, Function<Product, ProductDetails> edit, Long expectedVersion) {
        return attempt(productId, edit, expectedVersion, MAX_ATTEMPTS);
    }

    private Future<Optional<Change<ProductView>>> attempt(
            String productId, Function<Product, ProductDetails> edit, Long expectedVersion, int attemptsLeft) {
        return products.find(productId).compose(found -> {
            if (found.isEmpty() || found.get().deleted()) {
                return Future.succeededFuture(Optional.empty());
            }
            Product current = found.get();
            if (expectedVersion != null && expectedVersion != current.version()) {
                return Future.failedFuture(new VersionConflictException(current.version()));
            }
            ProductDetails newDetails = edit.apply(current);
            if (newDetails.equals(current.details())) {
                // Perhaps a retry of an edit that was not propagated.
                return catalog.propagate(current).compose(propagated -> result(current, propagated));
            }
            return change(current, newDetails).compose(changed -> {
                if (changed.isPresent()) {
                    return Future.succeededFuture(changed);
                }
                return expectedVersion == null && attemptsLeft > 1
                        ? attempt(productId, edit, null, attemptsLeft - 1)
                        : Future.failedFuture(new VersionConflictException(current.version() + 1));
            });
        });
    }

    /** Applies the edit; empty if another edit came first. */
    private Future<Optional<Change<ProductView>>> change(Product current, ProductDetails newDetails) {
        int added = Math.max(0, newDetails.stock() - current.details().stock());
        int unitsOnHold = Math.max(0, current.details().stock() - newDetails.stock());
        if ((long) current.unitCount() + added > MAX_UNIT_COUNT) {
            throw new InvalidFieldsException("stock", "was raised too often; create a new product");
        }
        boolean limitChanges = newDetails.perUserLimit() != current.details().perUserLimit();
        Product next = current.next(
                newDetails, current.unitCount() + added, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        // Unique for each attempt: a failed attempt must not be mistaken for the successful one.
        String reference = "stock-v" + next.version() + "-" + UUID.randomUUID();
        return (limitChanges ? requirePaused(current) : Future.<Void>succeededFuture())
                .compose(allowed -> hold(current, unitsOnHold, reference))
                .compose(held -> write(next, unitsOnHold, reference).compose(replaced -> {
                    if (!replaced) {
                        return sale.giveBack(current.id(), unitsOnHold, reference)
                                .map(Optional.empty());
                    }
                    return catalog.propagate(next).compose(propagated -> result(next, propagated));
                }));
    }

    private Future<Optional<Change<ProductView>>> result(Product product, boolean propagated) {
        return catalog.view(product).map(view -> Optional.of(new Change<>(view, propagated)));
    }

    private Future<Boolean> write(Product next, int unitsOnHold, String reference) {
        return unitsOnHold == 0
                ? products.replace(next)
                : products.replace(next, new StockHold(reference, unitsOnHold));
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
