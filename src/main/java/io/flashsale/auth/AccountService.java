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
 * Registering, signing in with a password and a code, and ending it.
 *
 * <p>Belongs to the event loop of its sessions.
 */
public final class AccountService {
    private static final Logger LOG = LoggerFactory.getLogger(AccountService.class);
    private static final int USER_ID_BYTES = 16;

    /** What a right password gets: a session that waits for the code. */
    public record Login(SessionToken token, Instant codeExpiresAt) {}

    /** What a right code gets: a verified session under a new id. */
    public record Verified(SessionToken token, Session session) {}

    private final AccountStore store;
    private final SessionService sessions;
    private final PasswordHasher passwords;
    private final PasswordAuthentication authentication;
    private final OneTimeCodeService codes;
    private final RateLimiter limiter;
    private final BruteForceProtection guard;
    private final Mailer mailer;
    private final AccountAudit audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Wires accounts to their parts, all of the same event loop but for passwords and mailer. */
    public AccountService(
            AccountStore store,
            SessionService sessions,
            PasswordHasher passwords,
            OneTimeCodeService codes,
            RateLimiter limiter,
            BruteForceProtection guard,
            Mailer mailer,
            AuditClient log,
            Clock clock) {
        this.store = store;
        this.sessions = sessions;
        this.passwords = passwords;
        this.authentication = new PasswordAuthentication(store, passwords);
        this.codes = codes;
        this.limiter = limiter;
        this.guard = guard;
        this.mailer = mailer;
        this.audit = new AccountAudit(log, clock);
        this.clock = clock;
    }

    /** Whether the text is an e-mail address that an account can have. */
    public static boolean isEmail(String text) {
        return EmailAddresses.isAddress(text);
    }

    /** Whether the text can be a new password. */
    public static boolean isPassword(String text) {
        return PasswordHasher.isAcceptable(text);
    }

    /** What {@link #isPassword} asks for, for those who chose another. */
    public static String passwordRule() {
        return PasswordHasher.RULE;
    }

    /** Registers; an account that was never verified may be registered over. */
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

    /** Proves the password, sends a code, and begins a session that waits for it. */
    public Future<Login> login(String emailText, String password, String address) {
        String email = EmailAddresses.canonical(emailText);
        return limiter.byUser(Action.LOGIN, email + "|" + address)
                .compose(verdict -> RateLimiter.require(verdict, email))
                .compose(allowed -> guard.check(email, address))
                .compose(allowed -> authentication
                        .authenticate(new UsernamePasswordCredentials(email, password))
                        .onFailure(
                                failure -> guard.failed(email, failure).onSuccess(locked -> tellLocked(email, locked))))
                .compose(user -> sendCode(email, Identity.userId(user))
                        .compose(expiresAt -> sessions.begin(user).map(token -> new Login(token, expiresAt))));
    }

    /** An address without an account locks nothing. */
    private void tellLocked(String email, Optional<Duration> locked) {
        locked.ifPresent(lockedFor -> store.findByEmail(email)
                .onSuccess(found -> found.ifPresent(account -> audit.locked(account, lockedFor))));
    }

    /** Sends a new code; the old one is void. */
    public Future<Instant> sendCode(Session session) {
        return sendCode(session.email(), session.userId());
    }

    private Future<Instant> sendCode(String email, String userId) {
        return limiter.byUser(Action.OTP, userId)
                .compose(verdict -> RateLimiter.require(verdict, userId))
                .compose(allowed -> codes.next(email, userId, OneTimeCodeService.Purpose.SIGN_IN))
                .map(code -> {
                    mailer.send(MailTemplates.signInCode(email, code, OneTimeCodeService.LIFE));
                    return clock.instant().plus(OneTimeCodeService.LIFE).truncatedTo(ChronoUnit.MILLIS);
                });
    }

    /** Takes the code, and gives a verified session for the one that waited. */
    public Future<Verified> verify(Session session, String code, String address) {
        return codes.use(session.email(), session.userId(), OneTimeCodeService.Purpose.SIGN_IN, code)
                .compose(right -> right
                        ? store.markVerified(session.userId())
                        : Future.failedFuture(new AccessDeniedException(AccessDeniedException.Reason.OTP_INVALID)))
                .compose(still -> currentAccount(session))
                .compose(account -> sessions.verify(session, account)
                        .compose(verified -> currentAccount(verified.session())
                                .onFailure(ended -> sessions.end(verified.session()))
                                .map(verified)))
                .onSuccess(verified -> {
                    guard.succeeded(session.email(), address);
                    audit.sessionOpened(verified.session());
                });
    }

    /**
     * The account, unless all its sessions were ended since this one began. Asked again after a session was made, since
     * "log out everywhere" may have come in between.
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

    /** Ends all sessions of this user. */
    public Future<Void> logoutAll(Session session) {
        return store.raiseGeneration(session.userId())
                .compose(raised -> sessions.endAll(session.userId(), null))
                .compose(ended -> sessions.end(session))
                .onSuccess(ended -> audit.sessionEnded(session, true));
    }

    /** Sets a new password, and ends the other sessions. */
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
     * Sends a code for a new password, if there is such an account.
     *
     * <p>Completes before any of it is done: not even the time tells whether there is one.
     */
    public Future<Void> forgotPassword(String emailText) {
        String email = EmailAddresses.canonical(emailText);
        limiter.byUser(Action.OTP, "password|" + email)
                .compose(verdict -> RateLimiter.require(verdict, email))
                .compose(allowed -> store.findByEmail(email))
                .compose(found -> found.isEmpty() ? Future.succeededFuture() : sendResetCode(found.get()))
                .onFailure(failure -> LOG.atInfo()
                        .addKeyValue("reason", failure.getMessage())
                        .log("no code for a new password sent"));
        return Future.succeededFuture();
    }

    private Future<Void> sendResetCode(Account account) {
        return codes.next(account.email(), account.userId(), OneTimeCodeService.Purpose.NEW_PASSWORD)
                .map(code -> {
                    mailer.send(MailTemplates.resetCode(account.email(), code, OneTimeCodeService.LIFE));
                    return null;
                });
    }

    /** Sets a new password for who has the code, and ends all sessions. */
    public Future<Void> resetPassword(String emailText, String code, String password) {
        String email = EmailAddresses.canonical(emailText);
        PasswordHasher.check("password", password);
        // Hashed first: a full queue must not use the code up.
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

    /** The account of this session. */
    public Future<Account> profile(Session session) {
        return store.findByUserId(session.userId())
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found.get())
                        : Future.failedFuture(
                                new AccessDeniedException(AccessDeniedException.Reason.NOT_AUTHENTICATED)));
    }

    /** Creates the first admin; never changes an account that is somebody's. */
    public Future<Void> ensureAdmin(String emailText, String password) {
        String email = EmailAddresses.canonical(emailText);
        PasswordHasher.check("ADMIN_PASSWORD", password);
        return store.findByEmail(email).compose(found -> {
            Optional<Account> somebodys = found.filter(Account::verified);
            if (somebodys.isPresent()) {
                if (!somebodys.get().role().equals(Account.ADMIN)) {
                    LOG.warn("the admin's address belongs to an account without the role; it was left as it is");
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
