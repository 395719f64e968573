package io.flashsale.http.message;

import io.vertx.core.MultiMap;

/**
 * Selects one page of a list. The parameters were already validated against the contract.
 *
 * @param cursor the cursor from the previous page, or null for the first page
 * @param limit the maximum number of items
 */
public record PageRequest(String cursor, int limit) {
    private static final int DEFAULT_LIMIT = 20;

    public static PageRequest of(MultiMap query) {
        String limit = query.get("limit");
        return new PageRequest(query.get("cursor"), limit == null ? DEFAULT_LIMIT : Integer.parseInt(limit));
    }
}
