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
 * Hands changes on to the cache, and keeps at it where Redis does not answer: an edit stands in MongoDB by then, and a
 * Redis that comes back with the old entry must not serve it for the rest of its life.
 *
 * <p>Belongs to one event loop.
 */
final class CacheWriteRetrier {
    private static final Logger LOG = LoggerFactory.getLogger(CacheWriteRetrier.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** Beyond it the sales' own versions, which the reconciler brings up to date, void what is old. */
    private static final int MAX_OWED = 1_000;

    private final Vertx vertx;
    private final ProductCache products;
    private final PageCache pages;
    private final Map<String, Product> owed = new HashMap<>();
    private boolean pagesOwed;
    private boolean armed;

    CacheWriteRetrier(Vertx vertx, ProductCache products, PageCache pages) {
        this.vertx = vertx;
        this.products = products;
        this.pages = pages;
    }

    /**
     * A product has a newer version. Ends after the first try.
     *
     * @return whether the cache has it; it is tried until it has; never fails
     */
    Future<Boolean> changed(Product product) {
        return products.write(product.id(), Optional.of(product))
                .map(done -> {
                    settle(product);
                    return true;
                })
                .otherwise(failure -> {
                    owe(product);
                    return false;
                });
    }

    /** A product has entered or left the list. Ends after the first try; never fails. */
    Future<Void> listChanged() {
        return pages.voidAll().onSuccess(done -> pagesOwed = false).otherwise(failure -> {
            pagesOwed = true;
            arm();
            return null;
        });
    }

    private void settle(Product written) {
        owed.computeIfPresent(written.id(), (id, product) -> product.version() > written.version() ? product : null);
    }

    private void owe(Product product) {
        if (owed.size() < MAX_OWED || owed.containsKey(product.id())) {
            owed.merge(product.id(), product, (a, b) -> a.version() > b.version() ? a : b);
        }
        arm();
    }

    private void arm() {
        if (!armed) {
            armed = true;
            LOG.atInfo().log("the cache owes changes until Redis answers");
            vertx.setTimer(PAUSE.toMillis(), timer -> retry());
        }
    }

    private void retry() {
        List<Future<Void>> tries = new ArrayList<>();
        List.copyOf(owed.values())
                .forEach(product -> tries.add(Futures.attempt(() -> products.write(product.id(), Optional.of(product)))
                        .onSuccess(done -> settle(product))));
        if (pagesOwed) {
            pagesOwed = false;
            tries.add(Futures.attempt(pages::voidAll).onFailure(failure -> pagesOwed = true));
        }
        Future.join(tries).onComplete(done -> {
            if (owed.isEmpty() && !pagesOwed) {
                armed = false;
            } else {
                vertx.setTimer(PAUSE.toMillis(), timer -> retry());
            }
        });
    }
}
