package io.flashsale.http.problem;

import io.flashsale.domain.FieldError;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Signals an error response; the {@link io.flashsale.http.middleware.FailureHandler} writes it.
 *
 * <p>It carries no stack trace, because rejecting requests is normal operation.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ApiError error;
    private final transient List<FieldError> fields;
    private final transient JsonObject members;
    private final transient Duration retryAfter;

    private ApiException(
            ApiError error, String detail, List<FieldError> fields, JsonObject members, Duration retryAfter) {
        super(detail, null, false, false);
        this.error = error;
        this.fields = fields;
        this.members = members;
        this.retryAfter = retryAfter;
    }

    public ApiException(ApiError error, String detail) {
        this(error, detail, List.of(), new JsonObject(), null);
    }

    /** Returns a copy with an additional member of the response; a null value is omitted. */
    public ApiException with(String member, Object value) {
        JsonObject more = members.copy();
        if (value != null) {
            more.put(member, value);
        }
        return new ApiException(error, getMessage(), fields, more, retryAfter);
    }

    /** Returns a copy with errors of individual fields. */
    ApiException naming(List<FieldError> named) {
        return new ApiException(error, getMessage(), List.copyOf(named), members, retryAfter);
    }

    /** Returns a copy that says when to try again. */
    public ApiException retryAfter(Duration wait) {
        return new ApiException(error, getMessage(), fields, members, wait);
    }

    public ApiError error() {
        return error;
    }

    public List<FieldError> fields() {
        return fields;
    }

    JsonObject members() {
        return members;
    }

    Duration retryAfter() {
        return retryAfter;
    }

    /** Creates an error for invalid fields; the first one becomes its detail. */
    public static ApiException ofFields(ApiError error, List<FieldError> fields) {
        FieldError first = fields.get(0);
        return new ApiException(error, first.field() + " " + first.message()).naming(fields);
    }

    /** Throws an exception with all errors, if there are any. */
    public static void throwIfAny(ValidationErrors errors) {
        if (errors.count() == 0) {
            return;
        }
        throw errors.isMalformed()
                ? ofFields(ApiError.MALFORMED_REQUEST, errors.fieldErrors())
                : new InvalidFieldsException(errors.fieldErrors());
    }
}
