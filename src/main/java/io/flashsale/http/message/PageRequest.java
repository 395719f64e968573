package io.flashsale.http.message;

import io.vertx.core.MultiMap;

/**
 * Which part of a list is asked for. The contract has seen the parameters before.
 *
 * @param cursor of the page before, or null
 * @param limit items at the most
 */
public record PageRequest(String cursor, int limit) {
    private static final int DEFAULT_LIMIT = 20;

    public static PageRequest of(MultiMap query) {
        String limit = query.get("limit");
        return new PageRequest(query.get("cursor"), limit == null ? DEFAULT_LIMIT : Integer.parseInt(limit));
    }
}
