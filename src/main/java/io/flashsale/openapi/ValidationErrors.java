package io.flashsale.openapi;

import io.flashsale.domain.FieldError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the errors of a request, only the first one of each field. */
public final class ValidationErrors {
    /** Limits the reported errors, so that the response is not many times larger than the request. */
    private static final int MAX_REPORTED = 20;

    private final Map<String, FieldError> byField = new LinkedHashMap<>();
    private boolean malformed;

    /** Adds an error of a field that cannot be read: it is unknown, duplicate or of the wrong type. */
    public void malformed(String field, String message) {
        malformed |= byField.putIfAbsent(field, new FieldError(field, message)) == null;
    }

    /** Adds an error of a field that can be read but has an invalid value. */
    public void invalid(String field, String message) {
        byField.putIfAbsent(field, new FieldError(field, message));
    }

    /** Returns the number of invalid fields. */
    public int count() {
        return byField.size();
    }

    /** Returns whether a field could not be read. */
    public boolean isMalformed() {
        return malformed;
    }

    /** Returns the errors in the order in which they were found, up to the limit. */
    public List<FieldError> fieldErrors() {
        return byField.values().stream().limit(MAX_REPORTED).toList();
    }
}
