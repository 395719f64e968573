package io.flashsale.auth;

import io.flashsale.domain.Digests;
import io.flashsale.domain.EmailAddresses;
import io.flashsale.mail.MailTemplates;
import io.flashsale.mail.Mailer;
import io.flashsale.persistence.account.Account;
import io.flashsale.persistence.account.AccountStore;
import io.flashsale.persistence.audit.AuditAction;
import io.flashsale.persistence.audit.AuditClient;
import io.flashsale.ratelimit.AccessDeniedException;
import io.flashsale.ratelimit.Action;
import io.flashsale.ratelimit.RateLimiter;
import io.vertx.core.Future;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers accounts, signs users in with a password and a one-time code, and signs them out.
 *
 * <p>Confined to the event loop of its sessions.
 */
public final class AccountService {
    private static final Logger LOG = LoggerFactory.getLogger(AccountService.class);
    private static final int USER_ID_BYTES = 16;

    /** Carries the result of a correct password: a pending session that still needs the code. */
    public record Login(SessionToken token, Instant codeExpiresAt) {}

    /** Carries the result of a correct code: a verified session under a new id. */
    public record Verified(SessionToken token, Session session) {}

    private final AccountStore store;
    private final SessionService sessions;
    private final PasswordHasher passwords;
    private final PasswordAuthentication authentication;
    private final OneTimeCodeService codes;
    private final RateLimiter limiter;
    private final BruteForceProtection bruteForceProtection;
    private final Mailer mailer;
    private final AccountAudit audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Creates a service. All its parts except passwords and mailer belong to the same event loop. */
    public AccountService(
            AccountStore store,
            SessionService sessions,
            PasswordHasher passwords,
            OneTimeCodeService codes,
            RateLimiter limiter,
            BruteForceProtection bruteForceProtection,
            Mailer mailer,
            AuditClient log,
            Clock clock) {
        this.store = store;
        this.sessions = sessions;
        this.passwords = passwords;
        this.authentication = new PasswordAuthentication(store, passwords);
        this.codes = codes;
        this.limiter = limiter;
        this.bruteForceProtection = bruteForceProtection;
        this.mailer = mailer;
        this.audit = new AccountAudit(log, clock);
        this.clock = clock;
    }

    /** Returns whether the text is an e-mail address that an account may use. */
    public static boolean isEmail(String text) {
        return EmailAddresses.isAddress(text);
    }

    /** Returns whether the text is acceptable as a new password. */
    public static boolean isPassword(String text) {
        return PasswordHasher.isAcceptable(text);
    }

    /** Returns the rule behind {@link #isPassword}, as a message for the user. */
    public static String passwordRule() {
        return PasswordHasher.RULE;
    }

    /** Registers an account. It may replace one that was never verified. */
    public Future<Account> register(String emailText, String password, String name) {
        String email = EmailAddresses.canonical(emailText);
        PasswordHasher.check("password", password);
        return passwords.hash(password).compose(hash -> {
            Account account = account(email, hash, name, Account.USER, false);
            return store.register(account)
                    .compose(registered -> registered
                            ? audit.registered(account).map(account)
                            : Future.failedFuture(new AccessDeniedException(AccessDeniedException.Reason.EMAIL_TAKEN)));
        });
    }

    /** Checks the password, sends a code, and starts a pending session. */
    public Future<Login> login(String emailText, String password, String address) {
        String email = EmailAddresses.canonical(emailText);
        return limiter.byUser(Action.LOGIN, email + "|" + address)
                .compose(verdict -> RateLimiter.require(verdict, email))
                .compose(allowed -> bruteForceProtection.check(email, address))
                .compose(allowed -> authentication
                        .authenticate(new UsernamePasswordCredentials(email, password))
                        .onFailure(failure -> bruteForceProtection
                                .failed(email, failure)
                                .onSuccess(locked -> recordLock(email, locked))))
                .compose(user -> sendCode(email, Identity.userId(user))
                        .compose(expiresAt -> sessions.begin(user).map(token -> new Login(token, expiresAt))));
    }

    /** Records the lock in the audit log, if the address has an account. */
    private void recordLock(String email, Optional<Duration> locked) {
        locked.ifPresent(lockedFor -> store.findByEmail(email)
                .onSuccess(found -> found.ifPresent(account -> audit.locked(account, lockedFor))));
    }

    /** Sends a new code, which replaces the previous one. */
    public Future<Instant> sendCode(Session session) {
        return sendCode(session.email(), session.userId());
    }

    private Future<Instant> sendCode(String email, String userId) {
        return limiter.byUser(Action.OTP, userId)
                .compose(verdict -> RateLimiter.require(verdict, userId))
                .compose(allowed -> codes.issue(email, userId, OneTimeCodeService.Purpose.SIGN_IN))
                .map(code -> {
                    mailer.send(MailTemplates.signInCode(email, code, OneTimeCodeService.LIFETIME));
                    return clock.instant().plus(OneTimeCodeService.LIFETIME).truncatedTo(ChronoUnit.MILLIS);
                });
    }

    /** Checks the code, and replaces the pending session with a verified one. */
    public Future<Verified> verify(Session session, String code, String address) {
        return codes.use(session.email(), session.userId(), OneTimeCodeService.Purpose.SIGN_IN, code)
                .compose(right -> right
                        ? store.markVerified(session.userId())
                        : Future.failedFuture(new AccessDeniedException(AccessDeniedException.Reason.OTP_INVALID)))
                .compose(marked -> currentAccount(session))
                .compose(account -> sessions.verify(session, account)
                        .compose(verified -> currentAccount(verified.session())
                                .onFailure(ended -> sessions.end(verified.session()))
                                .map(verified)))
                .onSuccess(verified -> {
                    bruteForceProtection.succeeded(session.email(), address);
                    audit.sessionOpened(verified.session());
                });
    }

    /**
     * Finds the account, unless all its sessions were ended since this one began. Callers check again after creating a
     * session, because a concurrent "log out everywhere" may have intervened.
     */
    private Future<Account> currentAccount(Session session) {
        return store.findByUserId(session.userId())
                .map(found -> found.filter(account -> account.generation() == session.generation()))
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found.get())
                        : Future.failedFuture(
                                new AccessDeniedException(AccessDeniedException.Reason.NOT_AUTHENTICATED)));
    }

    /** Ends this session. */
    public Future<Void> logout(Session session) {
        return sessions.end(session).onSuccess(ended -> audit.sessionEnded(session, false));
    }

    /** Ends all sessions of the user. */
    public Future<Void> logoutAll(Session session) {
        return store.raiseGeneration(session.userId())
                .compose(raised -> sessions.endAll(session.userId(), null))
                .compose(ended -> sessions.end(session))
                .onSuccess(ended -> audit.sessionEnded(session, true));
    }

    /** Sets a new password and ends the user's other sessions. */
    public Future<Void> changePassword(Session session, String current, String next) {
        PasswordHasher.check("next", next);
        return limiter.byUser(Action.LOGIN, session.userId())
                .compose(verdict -> RateLimiter.require(verdict, session))
                .compose(allowed ->
                        authentication.authenticate(new UsernamePasswordCredentials(session.email(), current)))
                .compose(proved -> passwords.hash(next))
                .compose(hash -> store.setPassword(session.userId(), hash))
                .onSuccess(set -> audit.passwordSet(AuditAction.PASSWORD_CHANGED, session.userId()))
                .compose(set -> sessions.endAll(session.userId(), session.idHash()));
    }

    /**
     * Sends a password-reset code, if the account exists.
     *
     * <p>Completes before the work is done, so that the response time does not reveal whether the account exists.
     */
    public Future<Void> forgotPassword(String emailText) {
        String email = EmailAddresses.canonical(emailText);
        limiter.byUser(Action.OTP, "password|" + email)
                .compose(verdict -> RateLimiter.require(verdict, email))
                .compose(allowed -> store.findByEmail(email))
                .compose(found -> found.isEmpty() ? Future.succeededFuture() : sendResetCode(found.get()))
                .onFailure(failure ->
                        LOG.atInfo().addKeyValue("reason", failure.getMessage()).log("password-reset code not sent"));
        return Future.succeededFuture();
    }

    private Future<Void> sendResetCode(Account account) {
        return codes.issue(account.email(), account.userId(), OneTimeCodeService.Purpose.NEW_PASSWORD)
                .map(code -> {
                    mailer.send(MailTemplates.resetCode(account.email(), code, OneTimeCodeService.LIFETIME));
                    return null;
                });
    }

    /** Sets a new password, given the right code, and ends all sessions. */
    public Future<Void> resetPassword(String emailText, String code, String password) {
        String email = EmailAddresses.canonical(emailText);
        PasswordHasher.check("password", password);
        // Hash first, so that a full hashing queue does not consume the code.
        return passwords
                .hash(password)
                .compose(hash -> store.findByEmail(email)
                        .compose(found -> codes.use(
                                        email,
                                        found.map(Account::userId).orElse("nobody"),
                                        OneTimeCodeService.Purpose.NEW_PASSWORD,
                                        code)
                                .compose(right -> right && found.isPresent()
                                        ? store.setPassword(found.get().userId(), hash)
                                        : Future.failedFuture(
                                                new AccessDeniedException(AccessDeniedException.Reason.OTP_INVALID)))
                                .onSuccess(set -> audit.passwordSet(
                                        AuditAction.PASSWORD_RESET, found.get().userId()))
                                .compose(set -> sessions.endAll(found.get().userId(), null))));
    }

    /** Returns the account of this session. */
    public Future<Account> profile(Session session) {
        return store.findByUserId(session.userId())
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found.get())
                        : Future.failedFuture(
                                new AccessDeniedException(AccessDeniedException.Reason.NOT_AUTHENTICATED)));
    }

    /** Creates the first admin account. Never changes a verified account. */
    public Future<Void> ensureAdmin(String emailText, String password) {
        String email = EmailAddresses.canonical(emailText);
        PasswordHasher.check("ADMIN_PASSWORD", password);
        return store.findByEmail(email).compose(found -> {
            Optional<Account> existing = found.filter(Account::verified);
            if (existing.isPresent()) {
                if (!existing.get().role().equals(Account.ADMIN)) {
                    LOG.warn("admin account not created: the address belongs to an account without the admin role");
                }
                return Future.succeededFuture();
            }
            return passwords.hash(password).compose(hash -> {
                Account admin = account(email, hash, "Admin", Account.ADMIN, true);
                return store.register(admin).compose(registered -> audit.registered(admin));
            });
        });
    }

    private Account account(String email, String hash, String name, String role, boolean verified) {
        byte[] id = new byte[USER_ID_BYTES];
        random.nextBytes(id);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Account(email, "u" + Digests.base32(id, USER_ID_BYTES), hash, name, role, verified, 0, now);
    }
}
