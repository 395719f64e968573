package io.flashsale.auth;

import java.time.Instant;

/**
 * A client that is signed in, with or without the one-time code.
 *
 * @param idHash of the id in the cookie
 * @param userId who
 * @param email of the account
 * @param role of the account
 * @param verified whether the code was entered
 * @param generation of the account when the session began
 * @param createdAt when it began
 * @param expiresAt when it ends however busy it is
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
    /** Without the address: this may end up in a log. */
    @Override
    public String toString() {
        return "Session[userId=" + userId + ", verified=" + verified + "]";
    }
}
