package io.flashsale.domain;

/**
 * Units that an edit took off sale, by orders of the house that are named after it. A product keeps those of its edits that
 * stand; an order of the house that belongs to none of them is what a failed edit left behind.
 *
 * @param reference names the edit
 * @param units how many
 */
public record StockHold(String reference, int units) {}
