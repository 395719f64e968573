package io.flashsale.http.problem;

import java.util.Locale;

/** Lists every error code of the API. Clients rely on the names. */
public enum ApiError {
    /** The request is not JSON, has a value of the wrong type or an unknown field. */
    MALFORMED_REQUEST(400, "The request is malformed"),
    /** The request is well-formed, but a value is invalid. */
    VALIDATION_FAILED(400, "A value is invalid"),
    /** A purchase has no idempotency key. */
    IDEMPOTENCY_KEY_MISSING(400, "The Idempotency-Key header is missing"),
    /** The idempotency key has an invalid format. */
    IDEMPOTENCY_KEY_INVALID(400, "The Idempotency-Key header is invalid"),
    /** The session is missing or no longer valid. */
    NOT_AUTHENTICATED(401, "Not signed in"),
    /** The e-mail address is unknown or the password is wrong. */
    WRONG_CREDENTIALS(401, "Wrong e-mail address or password"),
    /** The one-time code has not been entered yet. */
    OTP_REQUIRED(403, "The one-time code is required"),
    /** The one-time code is wrong, expired or already used. */
    OTP_INVALID(401, "The one-time code is invalid"),
    /** The user lacks the required role. */
    FORBIDDEN(403, "Not allowed"),
    /** The resource does not exist. */
    NOT_FOUND(404, "Not found"),
    /** The path exists, but not with this method. */
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    /** The e-mail address belongs to an account. */
    EMAIL_TAKEN(409, "The e-mail address is taken"),
    /** No units are left. */
    SOLD_OUT(409, "Sold out"),
    /** Fewer units are left than were requested. */
    INSUFFICIENT_STOCK(409, "Not enough units left"),
    /** The purchase would exceed the limit per buyer. */
    PURCHASE_LIMIT_REACHED(409, "Purchase limit reached"),
    /** The sale has not started, has ended or is paused. */
    SALE_NOT_OPEN(409, "The sale is not open"),
    /** The change requires a paused sale. */
    SALE_NOT_PAUSED(409, "The sale is not paused"),
    /** The order is already cancelled or failed. */
    ORDER_NOT_CANCELLABLE(409, "The order cannot be cancelled"),
    /** If-Match names a version other than the current one. */
    VERSION_CONFLICT(412, "The product has changed"),
    /** The body exceeds its limit. */
    BODY_TOO_LARGE(413, "The body is too large"),
    /** The path and query exceed their limit (RFC 9110 section 15.5.15). */
    URI_TOO_LONG(414, "The request target is too long"),
    /** The Content-Type is not JSON. */
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json"),
    /** The idempotency key belongs to another request. */
    IDEMPOTENCY_KEY_REUSED(422, "The Idempotency-Key was used for another request"),
    /** The headers exceed their limit (RFC 6585 section 5). */
    HEADERS_TOO_LARGE(431, "The headers are too large"),
    /** The client has exceeded a rate limit. */
    RATE_LIMITED(429, "Too many requests"),
    /** The server shed the request because of its load. */
    OVERLOADED(503, "The server is overloaded"),
    /** A store is unavailable, or the sale is being recovered. */
    UNAVAILABLE(503, "Temporarily unavailable"),
    /** An unexpected failure occurred. */
    INTERNAL(500, "Internal error");

    private final int status;
    private final String title;

    ApiError(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns a summary for people, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** Returns the stable name for programs. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
