package io.flashsale.ratelimit;

import java.time.Duration;

/**
 * Signals that a request is denied.
 *
 * <p>Carries no stack trace, because denying a request must be cheaper than serving it.
 */
public final class AccessDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reason for the denial. */
    public enum Reason {
        /** There is no session, or it is unknown, expired or ended. */
        NOT_AUTHENTICATED,
        /** The address is unknown or the password is wrong; the answer does not reveal which. */
        WRONG_CREDENTIALS,
        /** The one-time code has not been entered yet. */
        OTP_REQUIRED,
        /** The code is wrong, expired or already used. */
        OTP_INVALID,
        /** The user lacks the role. */
        FORBIDDEN,
        /** The address belongs to a verified account. */
        EMAIL_TAKEN,
        /** The client made too many calls. */
        RATE_LIMITED,
        /** The node is overloaded at the moment. */
        OVERLOADED
    }

    private final Reason reason;
    private final transient Duration retryAfter;

    /** Creates a denial that waiting does not lift. */
    public AccessDeniedException(Reason reason) {
        this(reason, null);
    }

    /** Creates a denial that may be lifted after the given time. */
    public AccessDeniedException(Reason reason, Duration retryAfter) {
        super(reason.name(), null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Returns the reason for the denial. */
    public Reason reason() {
        return reason;
    }

    /** Returns after what time a retry may succeed; null if waiting does not help. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
