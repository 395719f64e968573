package io.flashsale.auth;

import java.time.Instant;

/**
 * A session's id, for the client's cookie and nowhere else.
 *
 * @param value what the cookie carries
 * @param expiresAt when it is worth nothing any more
 */
public record SessionToken(String value, Instant expiresAt) {
    /** Without the value: it is a password. */
    @Override
    public String toString() {
        return "SessionToken[expiresAt=" + expiresAt + "]";
    }
}
