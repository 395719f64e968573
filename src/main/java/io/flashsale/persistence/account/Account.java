package io.flashsale.persistence.account;

import java.time.Instant;

/**
 * An account.
 *
 * @param email canonical; one account each
 * @param userId a new one whenever an account that was never verified is registered over
 * @param passwordHash bcrypt
 * @param name what the user wants to be called, or null
 * @param role {@code user} or {@code admin}
 * @param verified whether a code sent to the address was ever entered
 * @param generation rises whenever all sessions are to end
 * @param createdAt when it was registered
 */
public record Account(
        String email,
        String userId,
        String passwordHash,
        String name,
        String role,
        boolean verified,
        long generation,
        Instant createdAt) {
    /** Who may change the catalogue. */
    public static final String ADMIN = "admin";

    /** Everybody else. */
    public static final String USER = "user";

    /** Without the hash and the address: this may end up in a log. */
    @Override
    public String toString() {
        return "Account[userId=" + userId + ", role=" + role + ", verified=" + verified + "]";
    }
}
