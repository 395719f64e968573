package io.flashsale.domain;

import java.util.List;
import java.util.stream.Collectors;

/** Well-formed input whose values are out of range; names every such field at once. */
public final class InvalidFieldsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    /**
     * Refuses input.
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

    /** Refuses input for one field. */
    public InvalidFieldsException(String field, String message) {
        this(List.of(new FieldError(field, message)));
    }

    /** Every field that was refused, in the order in which they were checked. */
    public List<FieldError> errors() {
        return errors;
    }
}
