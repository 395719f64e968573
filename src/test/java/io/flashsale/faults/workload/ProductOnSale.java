package io.flashsale.faults.workload;

/**
 * A product of the proof.
 *
 * @param id of the product
 * @param stock put on sale at first
 * @param limit units per user; 0 for none
 */
public record ProductOnSale(String id, int stock, int limit) {}
