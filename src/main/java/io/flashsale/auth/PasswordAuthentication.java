package io.flashsale.auth;

import io.flashsale.persistence.account.Account;
import io.flashsale.persistence.account.AccountStore;
import io.flashsale.ratelimit.AccessDeniedException;
import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;

/**
 * Authenticates users by e-mail address and password.
 *
 * <p>An unknown address costs the same work as a wrong password and gets the same answer.
 */
final class PasswordAuthentication implements AuthenticationProvider {
    private final AccountStore accounts;
    private final PasswordHasher passwords;

    PasswordAuthentication(AccountStore accounts, PasswordHasher passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    /**
     * Returns the user with these credentials. The failure does not reveal whether the address or the password was
     * wrong.
     */
    @Override
    public Future<User> authenticate(Credentials credentials) {
        UsernamePasswordCredentials given = (UsernamePasswordCredentials) credentials;
        return accounts.findByEmail(given.getUsername())
                .compose(found -> passwords
                        .matches(
                                given.getPassword(),
                                found.map(Account::passwordHash).orElse(null))
                        .compose(right -> right
                                ? Future.succeededFuture(Identity.of(found.get()))
                                : Future.failedFuture(
                                        new AccessDeniedException(AccessDeniedException.Reason.WRONG_CREDENTIALS))));
    }
}
