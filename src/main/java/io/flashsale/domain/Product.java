package io.flashsale.domain;

import java.time.Instant;

/**
 * A product as MongoDB holds it. What is left of it lives in Redis and is never kept here.
 *
 * @param id see {@link ProductIds}
 * @param details what an admin may write
 * @param unitCount units are numbered 1 to this; it only ever rises, units taken off sale are orders by the house
 * @param version rises by one with every change that an admin makes
 * @param epoch rises with every recovery of the sale; records of an older epoch in Redis count as absent
 * @param deleted a tombstone: hidden and closed, its orders stay
 * @param createdAt when it was created
 * @param updatedAt when an admin last changed it
 */
public record Product(
        String id,
        ProductDetails details,
        int unitCount,
        long version,
        long epoch,
        boolean deleted,
        Instant createdAt,
        Instant updatedAt) {

    /** A product that was never changed and whose sale was never opened. */
    public static Product create(String id, ProductDetails details, Instant now) {
        return new Product(id, details, details.stock(), 1, 0, false, now, now);
    }

    /** The next version, with these details and this many numbered units. */
    public Product next(ProductDetails changed, int raisedHighest, Instant now) {
        return new Product(id, changed, raisedHighest, version + 1, epoch, deleted, createdAt, now);
    }

    /** The tombstone of this product. */
    public Product tombstone(Instant now) {
        return new Product(id, details, unitCount, version + 1, epoch, true, createdAt, now);
    }
}
