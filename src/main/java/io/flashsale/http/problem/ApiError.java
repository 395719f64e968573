package io.flashsale.http.problem;

import java.util.Locale;

/** Every code that an answer other than 2xx can carry. The names are a promise to clients. */
public enum ApiError {
    /** Not JSON, a wrong type, an unknown field. */
    MALFORMED_REQUEST(400, "The request cannot be read"),
    /** Well-formed, a value is out of range. */
    VALIDATION_FAILED(400, "A value is out of range"),
    /** A purchase without a key. */
    IDEMPOTENCY_KEY_MISSING(400, "The Idempotency-Key header is missing"),
    /** A key that is none. */
    IDEMPOTENCY_KEY_INVALID(400, "The Idempotency-Key header is not valid"),
    /** No session, or one that is worth nothing. */
    NOT_AUTHENTICATED(401, "Not signed in"),
    /** Unknown address or wrong password. */
    WRONG_CREDENTIALS(401, "E-mail or password is wrong"),
    /** The code is still to be entered. */
    OTP_REQUIRED(403, "The one-time code is required"),
    /** Wrong, expired or used-up code. */
    OTP_INVALID(401, "The one-time code is not valid"),
    /** The role is missing. */
    FORBIDDEN(403, "Not allowed"),
    /** There is no such thing. */
    NOT_FOUND(404, "Not found"),
    /** The path has other methods. */
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    /** The address belongs to an account. */
    EMAIL_TAKEN(409, "The e-mail address is taken"),
    /** Nothing left. */
    SOLD_OUT(409, "Sold out"),
    /** Fewer left than asked for. */
    INSUFFICIENT_STOCK(409, "Not enough left"),
    /** The buyer would hold more units than allowed. */
    PURCHASE_LIMIT_REACHED(409, "Purchase limit reached"),
    /** Before, after, or paused. */
    SALE_NOT_OPEN(409, "The sale is not open"),
    /** A change that only a paused sale may have. */
    SALE_NOT_PAUSED(409, "The sale is not paused"),
    /** Cancelled or failed already. */
    ORDER_NOT_CANCELLABLE(409, "The order cannot be cancelled"),
    /** If-Match names another version. */
    VERSION_CONFLICT(412, "The product was changed meanwhile"),
    /** The body is beyond its bound. */
    BODY_TOO_LARGE(413, "The body is too large"),
    /** The path and query are beyond their bound (RFC 9110 section 15.5.15). */
    URI_TOO_LONG(414, "The request target is too long"),
    /** Not JSON by its type. */
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json"),
    /** The key is bound to another request. */
    IDEMPOTENCY_KEY_REUSED(422, "The Idempotency-Key was used for another request"),
    /** The headers are beyond their bound (RFC 6585 section 5). */
    HEADERS_TOO_LARGE(431, "The headers are too large"),
    /** Too many calls. */
    RATE_LIMITED(429, "Too many requests"),
    /** Shed. */
    OVERLOADED(503, "Too busy"),
    /** A store is away, or a sale is being recovered. */
    UNAVAILABLE(503, "Not available just now"),
    /** Nobody foresaw it. */
    INTERNAL(500, "Internal error");

    private final int status;
    private final String title;

    ApiError(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** A sentence for people, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The stable name for programs. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
