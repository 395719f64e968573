package io.flashsale.domain;

import java.util.List;

/**
 * A part of a list.
 *
 * @param items in the list's order
 * @param next where the next page begins, to be handed back as it is; null on the last page
 * @param <T> what is listed
 */
public record Page<T>(List<T> items, String next) {
    /** Keeps the items from being changed. */
    public Page {
        items = List.copyOf(items);
    }
}
