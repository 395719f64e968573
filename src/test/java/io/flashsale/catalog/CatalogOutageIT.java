package io.flashsale.catalog;

import static io.flashsale.catalog.TestShop.details;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.Product;
import io.flashsale.redis.RedisUnavailableException;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the catalogue of a node that is cut off from Redis beside a node that is not. */
class CatalogOutageIT {
    private static final int READERS = 200;

    private CuttableNetwork network;
    private TestShop shop;
    private TestShop other;
    private Product product;

    @BeforeEach
    void open() {
        String database = TestStores.freshDatabase();
        network = new CuttableNetwork();
        shop = new TestShop(network.uri(), TestStores.shared().mongoUri(), database);
        other = new TestShop(TestStores.shared().redisUri(), TestStores.shared().mongoUri(), database);
        product = shop.run(() -> shop.catalog.create(details("Old", 5))).product();
        shop.run(() -> shop.catalog.find(product.id()));
        shop.run(() -> shop.catalog.list(null, 10));
    }

    @AfterEach
    void close() {
        shop.close();
        other.close();
        network.close();
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 1_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("the condition was not met in time");
    }

    private boolean connected() {
        return shop.run(() -> Future.succeededFuture(shop.redis.isConnected()));
    }

    private void cut() {
        network.cut();
        await(() -> !connected());
    }

    private void restore() {
        network.restore();
        await(this::connected);
    }

    private Optional<Change<ProductView>> rename(String name) {
        return shop.run(() -> shop.editor.update(
                product.id(), current -> details(name, current.details().stock()), null));
    }

    private static String nameOn(TestShop shown, String id) {
        return shown.run(() -> shown.catalog.find(id))
                .map(view -> view.product().details().name())
                .orElse(null);
    }

    @Test
    void concurrentReadsShareOneReadOfMongoDbAndHaveNoStock() {
        // given
        cut();
        int before = shop.reads();

        // when
        List<Optional<ProductView>> views = shop.run(() -> {
            List<Future<Optional<ProductView>>> finds = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                finds.add(shop.catalog.find(product.id()));
            }
            return Future.all(finds).map(all -> all.list());
        });
        int reads = shop.reads() - before;
        List<ProductView> listed = shop.run(() -> shop.catalog.list(null, 10)).items();

        // then
        // Without a cache, a reader that arrives after a read has ended starts the next one.
        assertTrue(reads >= 1 && reads <= READERS / 10, "read " + reads);
        ProductView view = views.get(READERS - 1).orElseThrow();
        assertEquals(product, view.product());
        assertNull(view.remaining());
        assertFalse(view.cacheHit());
        assertEquals(List.of(product), listed.stream().map(ProductView::product).toList());
        assertNull(listed.get(0).remaining());
    }

    @Test
    void anEditIsStoredAndReachesTheCacheWhenRedisIsBack() {
        // given
        cut();

        // when
        Change<ProductView> edited = rename("New").orElseThrow();
        Change<ProductView> again = rename("New").orElseThrow();
        String entryMeanwhile =
                nameOf(other.run(() -> other.cache.read(product.id())).product());
        restore();
        await(() -> "New"
                .equals(nameOf(other.run(() -> other.cache.read(product.id())).product())));

        // then
        assertEquals(2, edited.result().product().version());
        assertFalse(edited.propagated());
        assertFalse(again.propagated());
        assertEquals("Old", entryMeanwhile);
        assertTrue(rename("New").orElseThrow().propagated());
        assertEquals("New", nameOn(other, product.id()));
    }

    private static String nameOf(Optional<Product> found) {
        return found.map(it -> it.details().name()).orElse(null);
    }

    @Test
    void aNewProductIsStoredAndListedWhenRedisIsBack() {
        // given
        cut();

        // when
        Product second =
                shop.run(() -> shop.catalog.create(details("Second", 5))).product();
        restore();

        // then
        await(() -> other.run(() -> other.catalog.list(null, 10)).items().stream()
                .anyMatch(view -> view.product().equals(second)));
    }

    @Test
    void aDeletedProductIsGoneEverywhereWhenRedisIsBack() {
        // given
        cut();

        // when
        Change<Optional<Product>> deleted = shop.run(() -> shop.catalog.delete(product.id()));
        Change<Optional<Product>> again = shop.run(() -> shop.catalog.delete(product.id()));
        restore();

        // then
        assertTrue(deleted.result().isPresent());
        assertFalse(deleted.propagated());
        assertTrue(again.result().isEmpty());
        assertFalse(again.propagated());
        await(() -> nameOn(other, product.id()) == null);
        await(() -> other.run(() -> other.catalog.list(null, 10)).items().isEmpty());
    }

    @Test
    void withoutRedisTheStockCanBeRaisedButNotLowered() {
        // given
        cut();

        // when
        Throwable refused = shop.run(() -> shop.editor
                .update(product.id(), current -> details("Old", 4), null)
                .<Throwable>mapEmpty()
                .recover(Future::succeededFuture));
        ProductView raised = shop.run(() -> shop.editor.update(product.id(), current -> details("Old", 9), null))
                .orElseThrow()
                .result();

        // then
        assertInstanceOf(RedisUnavailableException.class, refused);
        assertEquals(9, raised.product().unitCount());
        assertEquals(2, raised.product().version());
    }

    /** Retries the edit until it is propagated, as a client would, and returns the version. */
    private long renameEverywhere(String name) {
        long[] version = new long[1];
        await(() -> {
            Change<ProductView> change = rename(name).orElseThrow();
            version[0] = change.result().product().version();
            return change.propagated();
        });
        return version[0];
    }

    /** The other node stays connected to Redis, and so to the old cache entry. */
    @Test
    void noNodeShowsAnOlderVersionAfterAnEditIsPropagated() throws InterruptedException {
        // given
        StaleReads reads = new StaleReads(product.id(), other);
        int unpropagated = 0;

        // when
        for (int edit = 0; edit < 12 || !reads.areEnough(); edit++) {
            String name = "Edit " + edit;
            network.cut();
            Change<ProductView> change = rename(name).orElseThrow();
            if (change.propagated()) {
                reads.answered(change.result().product().version());
            } else {
                unpropagated++;
            }
            // Longer than reads may be stale.
            Thread.sleep(edit % 4 == 0 ? 1_200 : 0);
            restore();
            reads.answered(renameEverywhere(name));
        }

        // then
        assertTrue(unpropagated > 0, "no edit happened during an outage");
        assertEquals(List.of(), reads.end());
    }
}
