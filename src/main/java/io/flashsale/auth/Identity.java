package io.flashsale.auth;

import io.flashsale.persistence.account.Account;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.RoleBasedAuthorization;

/** Converts accounts and sessions to Vert.x users, and checks their roles. */
final class Identity {
    private static final Authorization ADMIN = RoleBasedAuthorization.create(Account.ADMIN);
    private static final String PROVIDER = "flashsale";

    private Identity() {}

    static User of(Account account) {
        User user = user(account.userId(), account.role());
        user.attributes().put("email", account.email()).put("generation", account.generation());
        return user;
    }

    static User of(Session session) {
        return user(session.userId(), session.role());
    }

    private static User user(String userId, String role) {
        User user = User.create(new JsonObject().put("sub", userId).put("role", role));
        user.authorizations().put(PROVIDER, RoleBasedAuthorization.create(role));
        return user;
    }

    static String userId(User user) {
        return user.principal().getString("sub");
    }

    static String role(User user) {
        return user.principal().getString("role");
    }

    static String email(User user) {
        return user.attributes().getString("email");
    }

    static long generation(User user) {
        return user.attributes().getLong("generation");
    }

    /** Returns whether the user is an admin. The role comes from the account, never from a request. */
    static boolean isAdmin(User user) {
        return ADMIN.match(user);
    }
}
