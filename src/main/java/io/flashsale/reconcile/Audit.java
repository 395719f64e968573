package io.flashsale.reconcile;

import io.flashsale.persistence.DeadLetterStore;
import io.flashsale.persistence.OrderStore;
import io.flashsale.persistence.ProductStore;
import io.flashsale.redis.RedisLink;
import io.flashsale.sale.Product;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares Redis with MongoDB, product by product, and changes nothing. May run beside a live sale.
 *
 * <p>Belongs to the event loop of its link.
 */
public final class Audit {
    private static final int PRODUCTS_AT_ONCE = 4;

    /**
     * What both stores say of one product, in units.
     *
     * @param productId whose
     * @param name as the catalogue has it
     * @param onSale put on sale: all that exist less what the house holds
     * @param free sellable, as Redis has it
     * @param sold held by buyers' orders in MongoDB
     * @param inOutbox orders, not units, that wait for MongoDB
     * @param deadLetters orders, not units, that MongoDB refuses
     * @param house taken off sale
     * @param state {@code open}, or why nothing can be said: {@code recovering}, {@code uncertified}, {@code absent}
     * @param difference units on which the stores disagree
     */
    public record Line(
            String productId,
            String name,
            int onSale,
            int free,
            int sold,
            int inOutbox,
            int deadLetters,
            int house,
            String state,
            int difference) {
        /** Whether there is nothing to worry about. */
        public boolean agrees() {
            return difference == 0 && state.equals("open");
        }
    }

    private final RedisLink link;
    private final ProductStore products;
    private final OrderStore orders;
    private final DeadLetterStore letters;

    /** Wires an audit to both stores. */
    public Audit(RedisLink link, ProductStore products, OrderStore orders, DeadLetterStore letters) {
        this.letters = letters;
        this.link = link;
        this.products = products;
        this.orders = orders;
    }

    /**
     * Looks once; what is in flight may look like a difference, so a caller looks again after a grace period.
     *
     * @return a line for each product that was not deleted, by its id
     */
    public Future<Map<String, Line>> look() {
        return products.all().compose(all -> {
            Map<String, Line> lines = new TreeMap<>();
            List<Product> live =
                    all.stream().filter(product -> !product.deleted()).toList();
            return link.identity()
                    .compose(identity -> Chunks.each(
                            live,
                            PRODUCTS_AT_ONCE,
                            product -> line(product, identity.token())
                                    .onSuccess(line -> lines.put(product.id(), line))
                                    .mapEmpty()))
                    .map(lines);
        });
    }

    private Future<Line> line(Product product, String identity) {
        return SaleStatus.read(link, product.id())
                .compose(status -> SaleSnapshot.read(link, orders, letters, product.id())
                        .map(snapshot -> {
                            int house = snapshot.heldByTheHouse();
                            return new Line(
                                    product.id(),
                                    product.details().name(),
                                    product.highest() - house,
                                    snapshot.free().size() + Math.max(0, status.highest() - snapshot.issued()),
                                    snapshot.taken().size() - house,
                                    snapshot.outbox().size(),
                                    snapshot.dead().size(),
                                    house,
                                    stateOf(status, identity),
                                    snapshot.findings().size()
                                            + counterError(snapshot, status)
                                            + Math.abs(product.highest() - status.highest()));
                        }));
    }

    private static int counterError(SaleSnapshot snapshot, SaleStatus status) {
        long counted = snapshot.free().size() + (long) status.highest() - snapshot.issued();
        return (int) Math.abs(counted - snapshot.stock());
    }

    private static String stateOf(SaleStatus status, String identity) {
        if (!status.exists()) {
            return "absent";
        }
        return status.recovering() ? "recovering" : status.isCertifiedBy(identity) ? "open" : "uncertified";
    }

    /** The lines of the second look, each with a difference only where both looks saw one. */
    public static List<Line> lasting(Map<String, Line> first, Map<String, Line> second) {
        List<Line> lines = new ArrayList<>();
        second.forEach((id, line) -> {
            Line earlier = first.get(id);
            boolean lasts = earlier != null && !earlier.agrees();
            lines.add(
                    line.agrees() || lasts
                            ? line
                            : new Line(
                                    id,
                                    line.name(),
                                    line.onSale(),
                                    line.free(),
                                    line.sold(),
                                    line.inOutbox(),
                                    line.deadLetters(),
                                    line.house(),
                                    "open",
                                    0));
        });
        return lines;
    }
}
