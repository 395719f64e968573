package io.flashsale.reconcile;

import io.flashsale.async.BoundedConcurrency;
import io.flashsale.domain.Product;
import io.flashsale.persistence.order.DeadLetterStore;
import io.flashsale.persistence.order.OrderStore;
import io.flashsale.persistence.product.ProductStore;
import io.flashsale.reconcile.SaleSnapshot.Discrepancy;
import io.flashsale.redis.RedisGateway;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares Redis with MongoDB, product by product, without changing anything. It may run during a live sale.
 *
 * <p>Belongs to the event loop of its Redis connection.
 */
public final class ConsistencyCheck {
    private static final int PRODUCTS_AT_ONCE = 4;
    private static final String OPEN = "open";

    /**
     * Summarises what both stores hold for one product. Counts are in units unless stated otherwise.
     *
     * @param productId the product
     * @param name the product's name in the catalogue
     * @param onSale the stock that the admin set
     * @param free sellable units according to Redis
     * @param sold units held by buyers' orders in MongoDB
     * @param inOutbox number of orders (not units) that wait for MongoDB
     * @param returned free units that were sold or on hold before
     * @param deadLetters number of orders (not units) that MongoDB refuses
     * @param onHold units taken off sale
     * @param state {@code open}, or why the sale is not open: {@code recovering}, {@code uncertified}, {@code absent}
     * @param difference units on which the stores disagree
     * @param agrees whether the stores agree: no lasting difference, and the sale does not stay closed
     */
    public record Line(
            String productId,
            String name,
            int onSale,
            int free,
            int sold,
            int inOutbox,
            int returned,
            int deadLetters,
            int onHold,
            String state,
            int difference,
            boolean agrees) {
        private Line lasting(int lastingDifference, boolean staysClosed) {
            return new Line(
                    productId,
                    name,
                    onSale,
                    free,
                    sold,
                    inOutbox,
                    returned,
                    deadLetters,
                    onHold,
                    state,
                    lastingDifference,
                    lastingDifference == 0 && !staysClosed);
        }
    }

    /**
     * Records one scan of one product. The stores cannot be read at the same instant, so a difference may be a write in
     * flight.
     *
     * @param line the summary
     * @param discrepancies the units on which the stores seemed to disagree
     * @param miscounted units by which the stock counter, the unit count or the units on hold were wrong
     */
    public record Observation(Line line, Set<Discrepancy> discrepancies, int miscounted) {
        private boolean isOpen() {
            return line.state().equals(OPEN);
        }
    }

    private final RedisGateway redis;
    private final ProductStore products;
    private final OrderStore orders;
    private final DeadLetterStore deadLetterStore;

    /** Wires the check to both stores. */
    public ConsistencyCheck(
            RedisGateway redis, ProductStore products, OrderStore orders, DeadLetterStore deadLetterStore) {
        this.deadLetterStore = deadLetterStore;
        this.redis = redis;
        this.products = products;
        this.orders = orders;
    }

    /**
     * Scans every product once; see {@link #lasting}.
     *
     * @return an observation for each product that is not deleted, by product id
     */
    public Future<Map<String, Observation>> scan() {
        return products.all().compose(all -> {
            Map<String, Observation> observations = new TreeMap<>();
            List<Product> live =
                    all.stream().filter(product -> !product.deleted()).toList();
            return redis.identity()
                    .compose(identity -> BoundedConcurrency.each(
                            live,
                            PRODUCTS_AT_ONCE,
                            product -> scan(product, identity.token())
                                    .onSuccess(observation -> observations.put(product.id(), observation))
                                    .mapEmpty()))
                    .map(observations);
        });
    }

    private Future<Observation> scan(Product product, String identity) {
        return SaleStatus.read(redis, product.id())
                .compose(status -> SaleSnapshot.read(redis, orders, deadLetterStore, product.id())
                        .compose(snapshot -> UnitCounts.read(redis, product.id())
                                .map(count -> observation(product, stateOf(status, identity), snapshot, count))));
    }

    private static Observation observation(Product product, String state, SaleSnapshot snapshot, UnitCounts count) {
        Set<Discrepancy> discrepancies = snapshot.discrepancies();
        int onHold = snapshot.unitsOnHold();
        int stock = product.details().stock();
        int miscounted = count.counterError()
                + Math.abs(product.unitCount() - count.unitCount())
                + Math.abs(product.unitCount() - stock - onHold);
        int difference = discrepancies.size() + miscounted;
        Line line = new Line(
                product.id(),
                product.details().name(),
                stock,
                count.sellable(),
                snapshot.taken().size() - onHold,
                count.waiting(),
                count.returned(),
                snapshot.dead().size(),
                onHold,
                state,
                difference,
                difference == 0 && state.equals(OPEN));
        return new Observation(line, discrepancies, miscounted);
    }

    private static String stateOf(SaleStatus status, String identity) {
        if (!status.exists()) {
            return "absent";
        }
        return status.recovering() ? "recovering" : status.isCertifiedBy(identity) ? OPEN : "uncertified";
    }

    /**
     * Returns the lines of the second scan, reduced to the differences that both scans found. A unit that was in flight
     * during the first scan looks different in the second. A product that only the second scan found is too new to be
     * judged.
     */
    public static List<Line> lasting(Map<String, Observation> first, Map<String, Observation> second) {
        List<Line> lines = new ArrayList<>();
        second.forEach((id, current) -> {
            Observation earlier = first.get(id);
            if (earlier == null) {
                lines.add(current.line().lasting(0, false));
                return;
            }
            Set<Discrepancy> both = new HashSet<>(current.discrepancies());
            both.retainAll(earlier.discrepancies());
            int miscounted = Math.min(current.miscounted(), earlier.miscounted());
            lines.add(current.line().lasting(both.size() + miscounted, !current.isOpen() && !earlier.isOpen()));
        });
        return lines;
    }
}
