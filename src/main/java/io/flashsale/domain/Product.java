package io.flashsale.domain;

import java.time.Instant;

/**
 * Describes a product as stored in MongoDB. The remaining stock is only in Redis.
 *
 * @param id see {@link ProductIds}
 * @param details the fields that an admin can edit
 * @param unitCount units are numbered from 1 to this number. It never decreases: stock holds take units off sale
 * @param version increases by one with every edit by an admin
 * @param epoch increases with every recovery of the sale; records of an older epoch in Redis count as absent
 * @param deleted whether this is a tombstone: the product is hidden and its sale closed, but its orders remain
 * @param createdAt time of creation
 * @param updatedAt time of the last edit by an admin
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

    /** Creates a product in its first version, before its sale is opened. */
    public static Product create(String id, ProductDetails details, Instant now) {
        return new Product(id, details, details.stock(), 1, 0, false, now, now);
    }

    /** Returns the next version with new details and a new number of units. */
    public Product next(ProductDetails changed, int newUnitCount, Instant now) {
        return new Product(id, changed, newUnitCount, version + 1, epoch, deleted, createdAt, now);
    }

    /** Returns the tombstone of this product. */
    public Product tombstone(Instant now) {
        return new Product(id, details, unitCount, version + 1, epoch, true, createdAt, now);
    }
}
