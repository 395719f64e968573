package io.flashsale.domain;

import java.util.List;

/**
 * Holds one page of a list.
 *
 * @param items in the list's order
 * @param next opaque cursor of the next page; null on the last page
 * @param <T> type of the items
 */
public record Page<T>(List<T> items, String next) {
    /** Makes the items immutable. */
    public Page {
        items = List.copyOf(items);
    }
}
