package io.flashsale.domain;

import java.util.List;
import java.util.stream.Collectors;

/** Reports well-formed input with values out of range. It lists all such fields at once. */
public final class InvalidFieldsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    /**
     * Rejects several fields.
     *
     * @param errors at least one
     */
    public InvalidFieldsException(List<FieldError> errors) {
        super(
                errors.stream().map(e -> e.field() + " " + e.message()).collect(Collectors.joining("; ")),
                null,
                false,
                false);
        this.errors = List.copyOf(errors);
    }

    /** Rejects one field. */
    public InvalidFieldsException(String field, String message) {
        this(List.of(new FieldError(field, message)));
    }

    /** Returns all rejected fields in the order in which they were checked. */
    public List<FieldError> errors() {
        return errors;
    }
}
