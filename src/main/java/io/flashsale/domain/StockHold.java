package io.flashsale.domain;

/**
 * Records the units that an edit took off sale. The hold consists of orders whose idempotency keys contain the
 * reference of the edit.
 *
 * <p>A product stores the holds of its successful edits. A hold order that belongs to none of them is left over from a
 * failed edit.
 *
 * @param reference identifies the edit
 * @param units the number of units
 */
public record StockHold(String reference, int units) {}
