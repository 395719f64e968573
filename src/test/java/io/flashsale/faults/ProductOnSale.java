package io.flashsale.faults;

/**
 * A product of the proof.
 *
 * @param id of the product
 * @param stock put on sale at first
 * @param limit units per user; 0 for none
 */
record ProductOnSale(String id, int stock, int limit) {}
