package io.flashsale.auth;

import java.time.Instant;

/**
 * Represents a client that has signed in, with or without the one-time code.
 *
 * @param idHash hash of the id in the cookie
 * @param userId the signed-in user
 * @param email of the account
 * @param role of the account
 * @param verified whether the code was entered
 * @param generation of the account when the session began
 * @param createdAt when it began
 * @param expiresAt when it expires regardless of use
 */
public record Session(
        String idHash,
        String userId,
        String email,
        String role,
        boolean verified,
        long generation,
        Instant createdAt,
        Instant expiresAt) {
    /** Omits the address, because the text may end up in a log. */
    @Override
    public String toString() {
        return "Session[userId=" + userId + ", verified=" + verified + "]";
    }
}
