package io.flashsale.ratelimit;

import java.time.Duration;

/**
 * The gate stays shut.
 *
 * <p>Carries no stack trace: refusing must be cheaper than letting in.
 */
public final class AccessDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** No session, or an unknown, expired or ended one. */
        NOT_AUTHENTICATED,
        /** Unknown address or wrong password; nobody is told which. */
        WRONG_CREDENTIALS,
        /** The one-time code was not entered yet. */
        OTP_REQUIRED,
        /** Wrong, expired or used-up code. */
        OTP_INVALID,
        /** The role is missing. */
        FORBIDDEN,
        /** The address belongs to a verified account. */
        EMAIL_TAKEN,
        /** Too many calls. */
        RATE_LIMITED,
        /** Too much to do just now. */
        OVERLOADED
    }

    private final Reason reason;
    private final transient Duration retryAfter;

    public AccessDeniedException(Reason reason) {
        this(reason, null);
    }

    public AccessDeniedException(Reason reason, Duration retryAfter) {
        super(reason.name(), null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** When a retry may pass; null where waiting does not help. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
