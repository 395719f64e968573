package io.flashsale.catalog;

import io.flashsale.async.Futures;
import io.flashsale.domain.Product;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes to the cache and retries them while Redis does not answer: the edit is already stored in MongoDB, and
 * Redis must not serve an old entry until it expires.
 *
 * <p>Belongs to one event loop.
 */
final class CacheWriteRetrier {
    private static final Logger LOG = LoggerFactory.getLogger(CacheWriteRetrier.class);
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(200);
    /** Beyond it, the versions of the sales, which the reconciler updates, invalidate outdated entries. */
    private static final int MAX_PENDING = 1_000;

    private final Vertx vertx;
    private final ProductCache products;
    private final PageCache pages;
    private final Map<String, Product> pending = new HashMap<>();
    private boolean pagesPending;
    private boolean retryScheduled;

    CacheWriteRetrier(Vertx vertx, ProductCache products, PageCache pages) {
        this.vertx = vertx;
        this.products = products;
        this.pages = pages;
    }

    /**
     * Writes a newer version of a product to the cache. Completes after the first attempt; further attempts follow
     * until one succeeds.
     *
     * @return whether the first attempt succeeded; never fails
     */
    Future<Boolean> changed(Product product) {
        return products.write(product.id(), Optional.of(product))
                .map(done -> {
                    settle(product);
                    return true;
                })
                .otherwise(failure -> {
                    defer(product);
                    return false;
                });
    }

    /**
     * Invalidates all pages after a product entered or left the list. Completes after the first attempt; never fails.
     */
    Future<Void> listChanged() {
        return pages.invalidateAll().onSuccess(done -> pagesPending = false).otherwise(failure -> {
            pagesPending = true;
            scheduleRetry();
            return null;
        });
    }

    private void settle(Product written) {
        pending.computeIfPresent(written.id(), (id, product) -> product.version() > written.version() ? product : null);
    }

    private void defer(Product product) {
        if (pending.size() < MAX_PENDING || pending.containsKey(product.id())) {
            pending.merge(product.id(), product, (a, b) -> a.version() > b.version() ? a : b);
        }
        scheduleRetry();
    }

    private void scheduleRetry() {
        if (!retryScheduled) {
            retryScheduled = true;
            LOG.atInfo().log("cache writes deferred until Redis answers");
            vertx.setTimer(RETRY_INTERVAL.toMillis(), timer -> retry());
        }
    }

    private void retry() {
        List<Future<Void>> attempts = new ArrayList<>();
        List.copyOf(pending.values())
                .forEach(product ->
                        attempts.add(Futures.attempt(() -> products.write(product.id(), Optional.of(product)))
                                .onSuccess(done -> settle(product))));
        if (pagesPending) {
            pagesPending = false;
            attempts.add(Futures.attempt(pages::invalidateAll).onFailure(failure -> pagesPending = true));
        }
        Future.join(attempts).onComplete(done -> {
            if (pending.isEmpty() && !pagesPending) {
                retryScheduled = false;
            } else {
                vertx.setTimer(RETRY_INTERVAL.toMillis(), timer -> retry());
            }
        });
    }
}
