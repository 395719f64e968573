package io.flashsale.openapi;

import io.flashsale.domain.FieldError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with a request, the first mistake of each field. */
public final class ValidationErrors {
    /** So many are told; the answer to a request must not be a multiple of it. */
    private static final int MAX_TOLD = 20;

    private final Map<String, FieldError> byField = new LinkedHashMap<>();
    private boolean malformed;

    /** The field cannot be read: it is unknown, there twice, or of another type. */
    public void malformed(String field, String message) {
        malformed |= byField.putIfAbsent(field, new FieldError(field, message)) == null;
    }

    /** The field can be read, and its value is not one that it may have. */
    public void invalid(String field, String message) {
        byField.putIfAbsent(field, new FieldError(field, message));
    }

    /** How many fields are wrong. */
    public int count() {
        return byField.size();
    }

    /** Whether something could not be read at all. */
    public boolean isMalformed() {
        return malformed;
    }

    /** The mistakes, in the order in which they were found; not all of them where there are very many. */
    public List<FieldError> fieldErrors() {
        return byField.values().stream().limit(MAX_TOLD).toList();
    }
}
