package io.flashsale.auth;

import java.time.Instant;

/**
 * Carries a session's id, for the client's cookie only.
 *
 * @param value the cookie's value
 * @param expiresAt when the session expires
 */
public record SessionToken(String value, Instant expiresAt) {
    /** Omits the value, which is as secret as a password. */
    @Override
    public String toString() {
        return "SessionToken[expiresAt=" + expiresAt + "]";
    }
}
