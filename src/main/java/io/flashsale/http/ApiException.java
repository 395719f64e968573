package io.flashsale.http;

import io.flashsale.domain.FieldError;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * An answer other than 2xx on its way to the {@link FailureHandler}.
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

    ApiException(ApiError error, String detail) {
        this(error, detail, List.of(), new JsonObject(), null);
    }

    /** The same with a member more in the answer; null is left out. */
    ApiException with(String member, Object value) {
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
    ApiException retryAfter(Duration wait) {
        return new ApiException(error, getMessage(), fields, members, wait);
    }

    ApiError error() {
        return error;
    }

    List<FieldError> fields() {
        return fields;
    }

    JsonObject members() {
        return members;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
