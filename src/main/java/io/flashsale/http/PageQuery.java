package io.flashsale.http;

import io.flashsale.sale.FieldError;
import io.flashsale.sale.InvalidFieldsException;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which part of a list is asked for.
 *
 * @param cursor of the page before, or null
 * @param limit items at the most
 */
record PageQuery(String cursor, int limit) {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");
    private static final Set<String> KNOWN = Set.of("cursor", "limit");

    /** Reads the query of a list without filters. */
    static PageQuery of(MultiMap query) {
        return of(query, Set.of());
    }

    /**
     * Reads the query; a parameter that is unknown or there twice is refused.
     *
     * @param filters that this list has besides
     */
    static PageQuery of(MultiMap query, Set<String> filters) {
        for (String name : query.names()) {
            if (!KNOWN.contains(name) && !filters.contains(name)) {
                throw refused(name, "is not a parameter of this list");
            }
            if (query.getAll(name).size() > 1) {
                throw refused(name, "is there more than once");
            }
        }
        String limit = query.get("limit");
        if (limit == null) {
            return new PageQuery(query.get("cursor"), DEFAULT_LIMIT);
        }
        int number = NUMBER.matcher(limit).matches() ? Integer.parseInt(limit) : 0;
        if (number < 1 || number > MAX_LIMIT) {
            throw new InvalidFieldsException("limit", "must be 1 to " + MAX_LIMIT);
        }
        return new PageQuery(query.get("cursor"), number);
    }

    static ApiException refused(String name, String message) {
        return FailureHandler.invalidFields(ApiError.MALFORMED_REQUEST, List.of(new FieldError(name, message)));
    }
}
