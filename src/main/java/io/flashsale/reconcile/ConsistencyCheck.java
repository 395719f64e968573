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
 * Compares Redis with MongoDB, product by product, and changes nothing. May run beside a live sale.
 *
 * <p>Belongs to the event loop of its link.
 */
public final class ConsistencyCheck {
    private static final int PRODUCTS_AT_ONCE = 4;
    private static final String OPEN = "open";

    /**
     * What both stores say of one product, in units.
     *
     * @param productId whose
     * @param name as the catalogue has it
     * @param onSale put on sale, as the admin was told
     * @param free sellable, as Redis has it
     * @param sold held by buyers' orders in MongoDB
     * @param inOutbox orders, not units, that wait for MongoDB
     * @param returned free units that were sold or taken off sale before
     * @param deadLetters orders, not units, that MongoDB refuses
     * @param onHold taken off sale
     * @param state {@code open}, or why the sale is not: {@code recovering}, {@code uncertified}, {@code absent}
     * @param difference units on which the stores disagree
     * @param agrees whether there is nothing to worry about: no difference that lasts, and no sale that stays closed
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
        private Line lasting(int lastingDifference, boolean lastinglyClosed) {
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
                    lastingDifference == 0 && !lastinglyClosed);
        }
    }

    /**
     * One look at one product. Both stores cannot be read at one instant, so what it saw may be on its way.
     *
     * @param line what it comes to
     * @param discrepancies the units on which the stores seemed to disagree
     * @param miscounted units by which the counter was wrong, or the number of units that exist or are off sale
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

    /** Wires an audit to both stores. */
    public ConsistencyCheck(
            RedisGateway redis, ProductStore products, OrderStore orders, DeadLetterStore deadLetterStore) {
        this.deadLetterStore = deadLetterStore;
        this.redis = redis;
        this.products = products;
        this.orders = orders;
    }

    /**
     * Looks once; see {@link #lasting}.
     *
     * @return what was seen of each product that was not deleted, by its id
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
     * The lines of the second look, each with what both looks saw: of a unit that was on its way when the first one
     * looked, the second one sees something else. A product that only the second one saw is too young to be judged.
     */
    public static List<Line> lasting(Map<String, Observation> first, Map<String, Observation> second) {
        List<Line> lines = new ArrayList<>();
        second.forEach((id, now) -> {
            Observation earlier = first.get(id);
            if (earlier == null) {
                lines.add(now.line().lasting(0, false));
                return;
            }
            Set<Discrepancy> both = new HashSet<>(now.discrepancies());
            both.retainAll(earlier.discrepancies());
            int miscounted = Math.min(now.miscounted(), earlier.miscounted());
            lines.add(now.line().lasting(both.size() + miscounted, !now.isOpen() && !earlier.isOpen()));
        });
        return lines;
    }
}
