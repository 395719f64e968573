package io.flashsale.catalog;

import static io.flashsale.catalog.TestShop.details;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.domain.Page;
import io.flashsale.domain.Product;
import io.flashsale.domain.ProductDetails;
import io.flashsale.redis.Keys;
import io.flashsale.server.TestNode;
import io.flashsale.support.TestStores;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the catalogue of two nodes on the same stores: one shows the changes of the other, and reads spare MongoDB. */
class CatalogCacheIT {
    private TestShop here;
    private TestShop there;

    @BeforeEach
    void open() {
        String database = TestStores.freshDatabase();
        here = new TestShop(TestStores.shared().redisUri(), TestStores.shared().mongoUri(), database);
        there = new TestShop(TestStores.shared().redisUri(), TestStores.shared().mongoUri(), database);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    private Product created(String name, int stock) {
        return here.run(() -> here.catalog.create(details(name, stock))).product();
    }

    private static Optional<ProductView> find(TestShop shop, String id) {
        return shop.run(() -> shop.catalog.find(id));
    }

    private static Function<Product, ProductDetails> renamed(String name) {
        return current -> details(name, current.details().stock());
    }

    private static List<String> names(TestShop shop) {
        return shop.run(() -> shop.catalog.list(null, 10)).items().stream()
                .map(view -> view.product().details().name())
                .toList();
    }

    @Test
    void theSecondReadOnAnyNodeIsAHitWithTheLiveStock() {
        // given
        Product product = created("Thing", 5);

        // when
        ProductView first = find(here, product.id()).orElseThrow();
        here.redis("DECRBY", Keys.stock(product.id()), "2");
        ProductView second = find(there, product.id()).orElseThrow();

        // then
        assertFalse(first.cacheHit());
        assertTrue(second.cacheHit());
        assertEquals(product, second.product());
        assertEquals(5, first.remaining());
        assertEquals(3, second.remaining());
        assertEquals(0, there.reads());
        assertEquals(1, there.catalog.hits());
        assertEquals(1, here.catalog.misses());
    }

    @Test
    void concurrentMissesOfAProductShareOneRead() {
        // given
        Product product = created("Thing", 5);
        int before = there.reads();

        // when
        long startedAt = System.nanoTime();
        List<Optional<ProductView>> views = there.run(() -> all(200, () -> there.catalog.find(product.id())));
        int allowed = TestShop.readsAllowedSince(startedAt);

        // then
        assertEquals(200, views.stream().filter(Optional::isPresent).count());
        assertTrue(there.reads() - before <= allowed, "read " + (there.reads() - before));
    }

    @Test
    void readsWithoutSingleFlightAreAllCounted() {
        // given
        Product product = created("Thing", 5);
        int before = there.reads();

        // when
        there.run(() -> all(200, () -> there.products.find(product.id())));

        // then
        assertEquals(200, there.reads() - before);
    }

    @Test
    void concurrentMissesOfAPageShareOneRead() {
        // given
        created("A", 5);
        created("B", 5);
        int before = there.reads();

        // when
        long startedAt = System.nanoTime();
        List<Page<ProductView>> pages = there.run(() -> all(200, () -> there.catalog.list(null, 10)));
        int allowed = TestShop.readsAllowedSince(startedAt);
        List<String> again = names(here);

        // then
        assertTrue(pages.stream().allMatch(page -> page.items().size() == 2));
        assertTrue(there.reads() - before <= allowed, "read " + (there.reads() - before));
        assertEquals(List.of("B", "A"), again);
    }

    @Test
    void everyNodeShowsAnEditOnceItIsAnswered() {
        // given
        Product product = created("Old", 5);
        find(there, product.id());
        names(there);

        // when
        here.edit(product.id(), renamed("New"));

        // then
        ProductView shown = find(there, product.id()).orElseThrow();
        assertEquals("New", shown.product().details().name());
        assertTrue(shown.cacheHit());
        assertEquals(List.of("New"), names(there));
    }

    @Test
    void deletedAndCreatedProductsChangeTheListOfEveryNode() {
        // given
        Product first = created("First", 5);
        find(there, first.id());
        names(there);

        // when
        created("Second", 5);
        List<String> both = names(there);
        boolean deleted =
                here.run(() -> here.catalog.delete(first.id())).result().isPresent();
        boolean twice =
                there.run(() -> there.catalog.delete(first.id())).result().isPresent();

        // then
        assertEquals(List.of("Second", "First"), both);
        assertTrue(deleted);
        assertFalse(twice);
        assertEquals(List.of("Second"), names(there));
        assertTrue(find(there, first.id()).isEmpty());
    }

    @Test
    void anOlderVersionNeverReplacesANewerOneInTheCache() {
        // given
        Product old = created("Old", 5);
        Product edited = here.edit(old.id(), renamed("New")).product();

        // when
        there.run(() -> there.cache.write(old.id(), Optional.of(old)));
        there.run(() -> there.cache.write(old.id(), Optional.empty()));

        // then
        assertEquals(
                edited, there.run(() -> there.cache.read(old.id())).product().orElseThrow());
    }

    @Test
    void aPageReadBeforeTheListChangedIsNotCached() {
        // given
        PageCache.Ticket ticket = there.run(() -> there.pages.read("10:")).ticket();
        here.run(() -> here.pages.invalidateAll());

        // when
        there.run(() -> there.pages.write("10:", new Page<>(List.of("old"), null), ticket));
        PageCache.Lookup outdated = there.run(() -> there.pages.read("10:"));
        there.run(() -> there.pages.write("10:", new Page<>(List.of("new"), null), outdated.ticket()));

        // then
        assertNull(outdated.ids());
        assertEquals(
                List.of("new"), there.run(() -> there.pages.read("10:")).ids().items());
    }

    @Test
    void theNumberOfCachedPagesIsBounded() {
        // given
        PageCache.Ticket ticket = here.run(() -> here.pages.read("1:")).ticket();

        // when
        here.run(() -> {
            List<Future<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 1_500; i++) {
                writes.add(here.pages.write("1:" + i, new Page<>(List.of(), null), ticket));
            }
            return Future.all(writes);
        });

        // then
        assertNotNull(here.run(() -> here.pages.read("1:1499")).ids());
        assertNull(here.run(() -> here.pages.read("1:0")).ids());
    }

    @Test
    void anEntryIsNotUsedIfTheSaleIsNewerOrUncertified() {
        // given: an edit that reached MongoDB and the sale, but not the cache
        Product old = created("Old", 5);
        find(there, old.id());
        Product edited = old.next(details("New", 5), 5, Instant.ofEpochMilli(1));
        here.run(() -> here.products.replace(edited));
        here.run(() -> here.sales.configure(edited));

        // when
        ProductView newer = find(there, old.id()).orElseThrow();
        here.redis("HSET", Keys.sale(old.id()), "certifiedBy", "another server");
        ProductView uncertified = find(there, old.id()).orElseThrow();

        // then
        assertEquals(edited, newer.product());
        assertFalse(newer.cacheHit());
        assertFalse(uncertified.cacheHit());
    }

    @Test
    void aPageWithManyMissesIsReadAsAWhole() {
        // given
        List<Product> products = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            products.add(created("P" + i, 5));
        }
        names(there);
        products.forEach(product -> here.redis("DEL", Keys.productCache(product.id())));
        int before = there.reads();

        // when
        List<String> names = names(there);
        int forAll = there.reads() - before;
        here.redis("DEL", Keys.productCache(products.get(3).id()));
        List<String> again = names(there);
        int forOne = there.reads() - before - forAll;

        // then
        assertEquals(10, names.size());
        assertEquals(names, again);
        assertEquals(1, forAll);
        assertEquals(1, forOne);
    }

    @Test
    void unknownIdsAreCachedForAFewSeconds() {
        // when
        find(there, "unknownproduct");
        int before = there.reads();
        Optional<ProductView> again = find(there, "unknownproduct");

        // then
        assertTrue(again.isEmpty());
        assertEquals(0, there.reads() - before);
        assertTrue(Long.parseLong(there.redis("PTTL", Keys.productCache("unknownproduct"))) <= 5_000);
    }

    @Test
    void theTimeToLiveIsThatOfTheTypeWithJitter() {
        // given
        ProductDetails evergreen = new ProductDetails("E", "", "evergreen", 1, "USD", 1, 1, null, null, false, null);
        Product longer = here.run(() -> here.catalog.create(evergreen)).product();
        Product shorter = created("S", 1);

        // when
        find(here, longer.id());
        find(here, shorter.id());

        // then
        long longest = Long.parseLong(here.redis("PTTL", Keys.productCache(longer.id())));
        long shortest = Long.parseLong(here.redis("PTTL", Keys.productCache(shorter.id())));
        assertTrue(longest > 2_800_000 && longest <= 3_600_000, "" + longest);
        assertTrue(shortest > 230_000 && shortest <= 300_000, "" + shortest);
    }

    @Test
    void aStaleEntryIsServedAndRefreshed() {
        // given
        Product product = created("Thing", 5);
        find(there, product.id());
        String key = Keys.productCache(product.id());
        String entry = there.redis("GET", key);
        there.redis("SET", key, entry.replaceFirst("^(\\d+) \\d+ ", "$1 1 "), "PX", "60000");
        int before = there.reads();

        // when
        ProductView served = find(there, product.id()).orElseThrow();
        String refreshed = eventually(() -> there.redis("GET", key), text -> !text.startsWith("1 1 "));

        // then
        assertTrue(served.cacheHit());
        assertEquals(1, there.reads() - before);
        assertTrue(refreshed.startsWith("1 "));
        assertTrue(Long.parseLong(there.redis("PTTL", key)) > 60_000);
    }

    @Test
    void ofTwentyEditsOfTheSameVersionOneWins() {
        // given
        Product product = created("Thing", 5);

        // when
        List<Boolean> won = editTwenty(product.id());

        // then
        assertEquals(1, won.stream().filter(each -> each).count());
        assertEquals(2, find(there, product.id()).orElseThrow().product().version());
    }

    private List<Boolean> editTwenty(String id) {
        List<Future<Boolean>> edits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String name = "Edit " + i;
            TestShop shop = i % 2 == 0 ? here : there;
            edits.add(shop.later(() ->
                            shop.editor.update(id, renamed(name), 1L).compose(edited -> propagated(shop, id, edited)))
                    .map(true)
                    .recover(failure -> failure instanceof VersionConflictException
                            ? Future.succeededFuture(false)
                            : Future.failedFuture(failure)));
        }
        return TestNode.await(Future.all(edits)).list();
    }

    @Test
    void concurrentEditsOfTheStockLoseNothing() {
        // given
        Product product = created("Thing", 100);

        // when: fifty edits raise by three, fifty lower by two, and each is retried on a conflict
        List<Future<Void>> edits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            TestShop shop = i % 2 == 0 ? here : there;
            int units = i % 4 < 2 ? 3 : -2;
            edits.add(shop.later(() -> change(shop, product.id(), units)));
        }
        TestNode.await(Future.all(edits));

        // then
        ProductView shown = find(there, product.id()).orElseThrow();
        assertEquals(150, shown.product().details().stock());
        assertEquals(150, shown.remaining());
        assertEquals(250, shown.product().unitCount());
    }

    private static Future<Void> change(TestShop shop, String id, int units) {
        return shop.editor
                .update(
                        id,
                        current -> current.details().withStock(current.details().stock() + units),
                        null)
                .compose(edited -> propagated(shop, id, edited))
                .recover(failure -> failure instanceof VersionConflictException
                        ? change(shop, id, units)
                        : Future.failedFuture(failure));
    }

    /** Repeats an edit until it is propagated: a stored edit may not have reached every node. */
    private static Future<Void> propagated(TestShop shop, String id, Optional<Change<ProductView>> edited) {
        return edited.orElseThrow().propagated()
                ? Future.succeededFuture()
                : shop.editor.update(id, Product::details, null).compose(again -> propagated(shop, id, again));
    }

    @Test
    void theStockCannotBeLoweredBelowTheUnitsSold() {
        // given
        Product product = created("Thing", 10);
        here.redis("DECRBY", Keys.stock(product.id()), "4");

        // when
        Throwable refused = here.run(() -> here.editor
                .update(product.id(), current -> details("Thing", 3), null)
                .<Throwable>mapEmpty()
                .recover(Future::succeededFuture));
        ProductView lowered = here.edit(product.id(), current -> details("Thing", 4));

        // then
        assertTrue(refused instanceof InvalidFieldsException
                && refused.getMessage().contains("at least 4"));
        assertEquals(0, lowered.remaining());
    }

    @Test
    void theCacheServesNearlyAllReadsOfABusyShop() {
        // given
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Product product = Product.create("zipf" + i, details("P" + i, 5), Instant.ofEpochMilli(i));
            ids.add(product.id());
            here.run(() -> here.products.insert(product));
            here.run(() -> here.sales.configure(product));
            here.redis("DEL", Keys.productCache(product.id()));
        }
        Zipf zipf = new Zipf(ids.size(), 7);
        int reads = 40_000;

        // when: one node reads, the other edits one product for every hundred reads
        int stale = 0;
        for (int done = 0; done < reads; done += 100) {
            String edited = ids.get(zipf.next());
            String name = "Edit " + done;
            here.edit(edited, renamed(name));
            if (!find(there, edited).orElseThrow().product().details().name().equals(name)) {
                stale++;
            }
            there.run(() -> all(99, () -> there.catalog.find(ids.get(zipf.next()))));
        }

        // then
        assertEquals(0, stale);
        assertTrue(there.reads() < reads / 20, there.reads() + " reads of MongoDB");
        double ratio = (double) there.catalog.hits() / (there.catalog.hits() + there.catalog.misses());
        assertTrue(ratio > 0.95, "hit ratio " + ratio);
        assertEquals(reads, there.catalog.hits() + there.catalog.misses());
    }

    /** Both nodes read continuously while one edits. */
    @Test
    void noReadIsStaleByMoreThanASecond() throws InterruptedException {
        // given
        Product product = created("Thing", 5);
        StaleReads reads = new StaleReads(product.id(), here, there);

        // when
        for (int edit = 0; edit < 200 || !reads.areEnough(); edit++) {
            String name = "Edit " + edit;
            reads.answered(here.edit(product.id(), renamed(name)).product().version());
        }

        // then
        assertEquals(List.of(), reads.end());
    }

    /** Draws ranks with a Zipf distribution: the k-th rank is 1/k times as frequent as the first. */
    private static final class Zipf {
        private final double[] cumulative;
        private final Random random;

        Zipf(int size, long seed) {
            random = new Random(seed);
            cumulative = new double[size];
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += 1.0 / (i + 1);
                cumulative[i] = sum;
            }
        }

        int next() {
            int found =
                    java.util.Arrays.binarySearch(cumulative, random.nextDouble() * cumulative[cumulative.length - 1]);
            return found < 0 ? -found - 1 : found;
        }
    }

    private static <T> Future<List<T>> all(int times, Supplier<Future<T>> step) {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            futures.add(step.get());
        }
        return Future.all(futures).map(done -> done.list());
    }

    private static <T> T eventually(Supplier<T> read, java.util.function.Predicate<T> holds) {
        T value = read.get();
        for (int i = 0; i < 500 && !holds.test(value); i++) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            value = read.get();
        }
        return value;
    }
}
