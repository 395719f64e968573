package io.flashsale.persistence.account;

import java.time.Instant;

/**
 * Represents a registered account.
 *
 * @param email the canonical address; each has at most one account
 * @param userId a new one is generated when a registration replaces an account that was never verified
 * @param passwordHash the bcrypt hash
 * @param name the display name, or null
 * @param role {@code user} or {@code admin}
 * @param verified whether a code sent to the address was ever entered
 * @param generation rises to end all sessions of the account
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
    /** The role of those who manage the catalogue. */
    public static final String ADMIN = "admin";

    /** The role of all other users. */
    public static final String USER = "user";

    /** Omits the hash and the address, because the text may end up in a log. */
    @Override
    public String toString() {
        return "Account[userId=" + userId + ", role=" + role + ", verified=" + verified + "]";
    }
}
