package io.flashsale.http.problem;

import io.flashsale.domain.FieldError;
import io.flashsale.domain.InvalidFieldsException;
import io.flashsale.openapi.ValidationErrors;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * An answer other than 2xx on its way to the {@link io.flashsale.http.middleware.FailureHandler}.
 *
 * <p>Carries no stack trace: refusing is part of the work.
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

    /** The same with a member more in the answer; null is left out. */
    public ApiException with(String member, Object value) {
        JsonObject more = members.copy();
        if (value != null) {
            more.put(member, value);
        }
        return new ApiException(error, getMessage(), fields, more, retryAfter);
    }

    /** The same, naming fields. */
    ApiException naming(List<FieldError> named) {
        return new ApiException(error, getMessage(), List.copyOf(named), members, retryAfter);
    }

    /** The same, saying when to come back. */
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

    /** The problem of these fields; its detail is the first of them. */
    public static ApiException ofFields(ApiError error, List<FieldError> fields) {
        FieldError first = fields.get(0);
        return new ApiException(error, first.field() + " " + first.message()).naming(fields);
    }

    /** Refuses a request in which anything is wrong, and tells all of it. */
    public static void throwIfAny(ValidationErrors errors) {
        if (errors.count() == 0) {
            return;
        }
        throw errors.isMalformed()
                ? ofFields(ApiError.MALFORMED_REQUEST, errors.fieldErrors())
                : new InvalidFieldsException(errors.fieldErrors());
    }
}
