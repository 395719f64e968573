package io.flashsale.faults.workload;

/**
 * Describes a product on sale.
 *
 * @param id of the product
 * @param stock initially put on sale
 * @param limit units per user; 0 for none
 */
public record ProductOnSale(String id, int stock, int limit) {}
